import { MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { eventFileText } from './event-file.ts';
import { dueAtMs, type EwonHappening, transition } from './ewon-machine.ts';
import { type EwonState, type EwonStateOptions, ewonFromFactory } from './ewon-state.ts';
import { MODEM } from './modem.ts';
import { statusOf } from './status.ts';

const device = { serial: '1524-0071-21', model: 'Flexy 203', firmware: '14.6s0' };
const made = (options: Partial<EwonStateOptions> = {}) => ewonFromFactory({ atMs: 0, device, ...options });
const after = (state: EwonState, ...happened: readonly EwonHappening[]) => happened.reduce(transition, state);
const reboot = (atMs: number) => ({ on: 'rebootAsked', atMs, reason: 'Web request' }) as const;
const time = (atMs: number) => ({ on: 'timePassed', atMs }) as const;

suite('simulated Ewon through time', (test) => {
  test('an order to reboot ends service after two seconds and a minute later it runs again', () => {
    const seen = [1, 2, 61, 62].map((seconds) => after(made(), reboot(0), time(seconds * SECOND_MS)).at);
    assert.deepEqual(seen, ['running', 'booting', 'booting', 'running']);
  });

  test('it is told when it wants to be, and of nothing when nothing is due', () => {
    const rebooting = after(made(), reboot(1000));
    assert.deepEqual(
      [dueAtMs(made()), dueAtMs(rebooting), dueAtMs(after(rebooting, time(3000)))],
      [undefined, 3000, 3000 + MINUTE_MS],
    );
  });

  test('a second order to reboot changes nothing', () => {
    const once = after(made(), reboot(0));
    assert.equal(after(once, reboot(1500)), once);
    const booting = after(once, time(2000));
    assert.equal(after(booting, reboot(2500)), booting);
  });

  test('a boot writes who it is and why it booted, at the time at which it was done', () => {
    const text = eventFileText(after(made(), reboot(0), time(10 * MINUTE_MS)).events);
    assert.match(text, /"00:01:02";"System Booting, FWR: 14\.6s0 \(14\.6\), SN: 1524-0071-21 \[EF0000\]"/);
    assert.match(text, /"Reboot reason: Web request";"wd";\d+;1073762140\r\n$/);
  });

  test('settings that need a boot are in force from the boot on', () => {
    const changed = { ...made(), comcfg: new Map(made().comcfg).set('EthIP', '10.0.0.99') };
    assert.equal(changed.booted.get('EthIP'), '10.0.0.53');
    assert.equal(after(changed, reboot(0), time(MINUTE_MS * 2)).booted.get('EthIP'), '10.0.0.99');
  });

  test('level 1 leaves the communication settings, level 2 leaves nothing; both boot', () => {
    const used = after(made({ comcfg: { PdpApn: 'internet' } }), { on: 'tagSet', atMs: 0, name: 'Level', value: 1 });
    const left = ([1, 2] as const).map((level) => {
      const reset = after(used, { on: 'factoryReset', atMs: 0, level });
      return [reset.at, reset.tags.size, reset.comcfg.get('PdpApn'), reset.users[0]?.password];
    });
    assert.deepEqual(left, [
      ['booting', 0, 'internet', 'adm'],
      ['booting', 0, '', 'adm'],
    ]);
  });

  test('an account brings its name and a VPN, which is up while the WAN is', () => {
    const joined = after(made(), { on: 'accountChanged', atMs: 0, account: 'Made up' });
    assert.equal(joined.comcfg.get('T2mAccountName'), 'Made up');
    assert.equal(statusOf(joined).get('SumVPNStatus'), '1');
    const cut = after(joined, { on: 'linkChanged', atMs: 0, link: 'ethernet', state: 'down' });
    assert.deepEqual(
      ['SumVPNStatus', 'VpnIp', 'WanIp', 'EthWANCableIn'].map((key) => statusOf(cut).get(key)),
      ['0', '0.0.0.0', '0.0.0.0', '0'],
    );
  });

  test('after a fallback the status has the address of the modem, and the event says when', () => {
    const options = { comcfg: { WANFbckCnx: '1' }, modem: MODEM };
    const fallen = after(
      made(options),
      { on: 'linkChanged', atMs: 0, link: 'ethernet', state: 'silent' },
      time(3 * MINUTE_MS),
    );
    assert.deepEqual(
      ['PppIp', 'WanIp'].map((key) => statusOf(fallen).get(key)),
      [MODEM.address, MODEM.address],
    );
    assert.match(eventFileText(fallen.events), /"00:03:00";"wanfbck-Fallback to cellular"/);
  });

  test('a modem without a network shows no cell', () => {
    const lost = after(made({ modem: MODEM }), { on: 'modemChanged', atMs: 0, modem: { registration: 2 } });
    assert.deepEqual(
      ['GsmNetReg', 'GsmOpId', 'GsmCellId', 'GsmSignal'].map((key) => statusOf(lost).get(key)),
      ['2', '', '', '99'],
    );
  });
});
