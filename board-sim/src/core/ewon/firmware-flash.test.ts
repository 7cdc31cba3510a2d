import { MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { eventFileText } from './event-file.ts';
import { dueAtMs, transition } from './ewon-machine.ts';
import { type EwonState, type EwonStateOptions, ewonFromFactory } from './ewon-state.ts';
import { withFlashFault } from './firmware-flash.ts';
import { firmwareImage } from './firmware-image.ts';
import { type JavaOrders, JVMRUN } from './java-program.ts';
import { putFile, withoutFile } from './put-file.ts';
import type { FlashFault } from './trouble.ts';

const device = { serial: '1524-0071-21', model: 'Flexy 203', firmware: '14.6s0' };
const comcfg = { PdpApn: 'internet' };
const image = firmwareImage({ version: '14.9s3', product: '21' });
const made = (options: Partial<EwonStateOptions> = {}) => ewonFromFactory({ atMs: 0, device, comcfg, ...options });
const given = (state: EwonState, fault?: FlashFault) =>
  withFlashFault(putFile(state, '/ewonfwr.edf', image, 0).state, fault);
const passed = (state: EwonState, atMs: number) => transition(state, { on: 'timePassed', atMs });
const rebooted = (state: EwonState) =>
  passed(transition(state, { on: 'rebootAsked', atMs: 0, reason: 'Web request' }), 5 * MINUTE_MS);
const seen = ({ at, device: { firmware }, comcfg: settings }: EwonState) => [at, firmware, settings.get('PdpApn')];

suite('firmware that the simulated Ewon installs', (test) => {
  const table: readonly (readonly [FlashFault, ReturnType<typeof seen>])[] = [
    ['well', ['running', '14.9s3', 'internet']],
    ['powerCut', ['running', '14.6s0', 'internet']],
    ['otherVersion', ['running', '14.9s4', 'internet']],
    ['settingsLost', ['running', '14.9s3', '']],
    ['neverBack', ['booting', '14.6s0', 'internet']],
  ];
  for (const [fault, expected] of table)
    test(`${fault}: ${expected.join(', ')}`, () => {
      assert.deepEqual(seen(passed(given(made(), fault), 10 * MINUTE_MS)), expected);
    });

  test('one that never comes back comes back when its power was cut, with what ran before', () => {
    const gone = passed(given(made(), 'neverBack'), 10 * MINUTE_MS);
    assert.equal(dueAtMs(gone), undefined);
    const cut = transition(gone, { on: 'powerCut', atMs: 20 * MINUTE_MS });
    assert.deepEqual(seen(passed(cut, 30 * MINUTE_MS)), ['running', '14.6s0', 'internet']);
  });

  test('its power is cut while it installs: what ran before runs a minute later, and nothing is pending', () => {
    const flashing = passed(given(made()), 3 * SECOND_MS);
    assert.equal(flashing.at, 'booting');
    const after = passed(transition(flashing, { on: 'powerCut', atMs: 10 * SECOND_MS }), 80 * SECOND_MS);
    assert.deepEqual(seen(rebooted(after)), ['running', '14.6s0', 'internet']);
  });
});

suite('Java program of the simulated Ewon', (test) => {
  const both: JavaOrders = { watchdog: 'on', restart: 'on' };
  for (const [java, runs, reason] of [
    [both, '14.6s0', 'Application watchdog'],
    [{ watchdog: 'off', restart: 'on' }, '14.6s0', 'Application restarted'],
    [{ watchdog: 'off', restart: 'off' }, '14.9s3', 'Firmware upgrade'],
  ] as const)
    test(`watchdog ${java.watchdog}, restart ${java.restart}: ${runs} runs after firmware was given`, () => {
      const after = passed(given(made({ java })), 10 * MINUTE_MS);
      assert.equal(after.device.firmware, runs);
      assert.match(eventFileText(after.events), new RegExp(`"Reboot reason: ${reason}"`));
    });

  test('without its file it begins no more from the next boot on, and interrupts nothing', () => {
    const without = withoutFile(made({ java: both }), JVMRUN) ?? made();
    assert.equal(passed(given(without), 10 * MINUTE_MS).device.firmware, '14.6s0', 'it still runs');
    const after = rebooted(without);
    assert.equal(after.javaRuns, undefined);
    assert.equal(passed(given(after), 20 * MINUTE_MS).device.firmware, '14.9s3');
  });

  test('it begins again after a new firmware', () => {
    const aside = withoutFile(made({ java: both }), JVMRUN) ?? made();
    const installed = passed(given(rebooted(aside)), 10 * MINUTE_MS);
    const back = putFile(installed, JVMRUN, new Uint8Array(5), 0).state;
    assert.deepEqual(rebooted(back).javaRuns, both);
  });
});
