import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { parseComcfg } from './comcfg.ts';
import { parseConfig } from './config-txt.ts';
import { keysNotTaken, needsRestart, outcomeOf, parseSettingName, planComcfg, planConfig } from './settings-change.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const text = (of: Uint8Array) => Buffer.from(of).toString('latin1');
const COMCFG = assertOk(parseComcfg(bytes('WANCnx:2\r\nwancnx:2\r\nPdpApn:a\r\nWifiPSK:#_6_old\r\nOwnKey:x\r\n')));
const CONFIG = assertOk(
  parseConfig(bytes(':System\r\nIdentification:a\r\nTimezone:Europe/Brussels\r\n:TagList\r\n"Id"\r\n1\r\n')),
);
const wish = (name: string, value: string) => ({ name: assertOk(parseSettingName(name)), value });

suite('changes of comcfg.txt', (test) => {
  test('only what differs is sent, as lines of their own, in the spelling of the Ewon', () => {
    const plan = assertOk(
      planComcfg(COMCFG, [wish('WANCNX', '1'), wish('PdpApn', 'a'), wish('NatItf', '3'), wish('ownkey', 'é')]),
    );
    assert.equal(text(plan.bytes), 'wancnx:1\r\nNatItf:3\r\nOwnKey:é\r\n');
    assert.deepEqual(plan.changes[1], { name: { key: 'NatItf' }, after: '3' });
    assert.deepEqual(plan.changes[0], { name: { key: 'wancnx' }, before: '2', after: '1' });
  });

  test('nothing that differs: nothing to send', () => {
    const plan = assertOk(planComcfg(COMCFG, [wish('PdpApn', 'a')]));
    assert.deepEqual([plan.changes, plan.bytes.length], [[], 0]);
  });

  test('a key that nobody knows is EWON_KEY_UNKNOWN', () =>
    assert.equal(assertFault(planComcfg(COMCFG, [wish('WANCmx', '1')]), 'EWON_KEY_UNKNOWN').detail, 'WANCmx'));

  test('an impossible value, and a key that only a card may set, are SETTING_BAD', () => {
    assertFault(planComcfg(COMCFG, [wish('WANCnx', '9')]), 'SETTING_BAD');
    assertFault(planComcfg(COMCFG, [wish('PdpApn', 'a\r\nWANCnx:0')]), 'SETTING_BAD');
    assertFault(planComcfg(COMCFG, [wish('t2mkey', 'A01')]), 'SETTING_BAD');
  });
});

suite('changes of config.txt', (test) => {
  test('the whole file is sent, with nothing but the value changed', () => {
    const plan = assertOk(planConfig(CONFIG, [wish('System.Identification', 'b;c')]));
    assert.equal(
      text(plan.bytes),
      ':System\r\nIdentification:b;c\r\nTimezone:Europe/Brussels\r\n:TagList\r\n"Id"\r\n1\r\n',
    );
  });

  test('a section or a key that is not there is EWON_KEY_UNKNOWN', () => {
    for (const name of ['System.Nothing', 'Sistem.Timezone', 'TagList.Id'])
      assertFault(planConfig(CONFIG, [wish(name, '1')]), 'EWON_KEY_UNKNOWN');
  });
});

suite('what became of a change', (test) => {
  const change = (key: string, before: string | undefined, after: string) => ({
    ...{ name: { key }, after },
    ...(before !== undefined && { before }),
  });
  test('a value that stands there is changed, another one is not taken', () => {
    assert.equal(outcomeOf(change('WANCnx', '2', '1'), '1'), 'changed');
    assert.equal(outcomeOf(change('WANCnx', '2', '1'), '2'), 'not taken');
    assert.equal(outcomeOf(change('WANCnx', undefined, '1'), undefined), 'not taken');
  });

  test('a password that comes back encrypted cannot be compared; one that stays as it was was not taken', () => {
    assert.equal(outcomeOf(change('WifiPSK', '#_6_old', 'word'), '#_6_new'), 'encrypted');
    assert.equal(outcomeOf(change('WifiPSK', '#_6_old', 'word'), '#_6_old'), 'not taken');
  });

  test('of a file that was sent whole, the keys that do not stand there are named', () => {
    const sent = assertOk(parseComcfg(bytes('WANCnx:1\r\nwancnx:2\r\nPdpApn:b\r\nWifiPSK:word\r\nT2MKey:x\r\n')));
    assert.deepEqual(keysNotTaken(sent, COMCFG), ['PdpApn', 'T2MKey']);
    assert.deepEqual(keysNotTaken(COMCFG, COMCFG), []);
  });

  test('what counts after a restart only is known, whatever its case', () => {
    assert.deepEqual(
      [
        needsRestart({ key: 'ethip' }),
        needsRestart({ key: 'WANCnx' }),
        needsRestart({ section: 'System', key: 'EthIP' }),
      ],
      [true, false, false],
    );
  });

  test('names of settings', () => {
    assert.deepEqual(assertOk(parseSettingName('System.NtpEnable')), { section: 'System', key: 'NtpEnable' });
    for (const name of ['', 'a b', '.a', 'a.', 'a.b.c', '1a', 'a:b'])
      assertFault(parseSettingName(name), 'SETTING_BAD');
  });
});
