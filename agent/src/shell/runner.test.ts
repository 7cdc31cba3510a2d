import { type ClockPort, err, ok, type Result, type SlotId, toUtf8 } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { ALL_ON } from '../core/policy.ts';
import { SD0 } from '../testing/fixtures.ts';
import { createRunner } from './runner.ts';

const files = { t2mTxt: toUtf8('T2MKey:A01-0123456789ABCDEFGHIJKLMNOPQRSTUV\n'), otherFiles: [] };
const context = {
  device: { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) }, csr: 'CSR' },
  policy: { account: { directoryUrl: 'https://account.test/device/v1/directory', ca: 'PEM' } },
  slotsOff: new Set<SlotId>(),
  takesFiles: false,
  switches: ALL_ON,
} as const;

/** A runner whose saves answer as told, and a line for each thing it did. */
function runnerThat(saves: (document: string) => Result<void>) {
  const did: string[] = [];
  const later: (() => void)[] = [];
  const clock: ClockPort = {
    now: () => 0,
    monotonic: () => 0,
    after(_, call) {
      later.push(call);
      return () => {};
    },
  };
  const runner = createRunner({
    context,
    remembered: { bootCount: 1, registration: { at: 'unregistered' } },
    save(document) {
      const saved = saves(document);
      did.push(saved.ok ? `saved ${JSON.parse(document).registration.at}` : 'not saved');
      return saved;
    },
    async perform(effect) {
      did.push(effect.do);
    },
    log: { write() {} },
    clock,
  });
  const insert = async () => {
    runner.post({ on: 'CardInserted', slot: SD0, insertion: 'i' });
    runner.post({ on: 'CardRead', slot: SD0, insertion: 'i', result: ok(files), requestId: 'r' });
    await runner.settled();
  };
  return { runner, did, later, insert };
}

suite('runner', (test) => {
  test('saves the request before it is sent', async () => {
    const { did, insert } = runnerThat(() => ok(undefined));
    await insert();
    assert.deepEqual(did, [
      'readCard',
      'report',
      'showLed',
      'saved requesting',
      'report',
      'report',
      'report',
      'sendRequest',
      'showLed',
    ]);
  });

  test('what could not be saved is not sent, and comes again when the disk has room', async () => {
    let room = false;
    const { did, insert, later, runner } = runnerThat(() => (room ? ok(undefined) : err('STATE_UNWRITABLE', 'full')));
    await insert();
    assert.deepEqual(did, ['readCard', 'report', 'showLed', 'not saved']);
    assert.equal(runner.state().registration.at, 'unregistered');
    room = true;
    later.shift()?.();
    await runner.settled();
    assert.deepEqual(did.slice(4), ['saved requesting', 'report', 'report', 'report', 'sendRequest', 'showLed']);
  });

  test('an event that changes nothing that is saved costs no write', async () => {
    const { did, insert, runner } = runnerThat(() => ok(undefined));
    await insert();
    const before = did.length;
    runner.post({
      on: 'Unreachable',
      subject: 'r',
      fault: { code: 'ACCOUNT_UNREACHABLE', detail: '' },
      fraction: 0.5,
      retryAfterMs: 0,
      atMs: 0,
    });
    await runner.settled();
    assert.deepEqual(did.slice(before), ['report', 'wake', 'showLed']);
  });

  test('after stop nothing is done any more', async () => {
    const { did, insert, runner } = runnerThat(() => ok(undefined));
    runner.stop();
    await insert();
    assert.deepEqual(did, []);
  });

  test('a bug ends the process also when somebody waits for the runner: one that stands still is worse', async () => {
    const { runner } = runnerThat(() => {
      throw new Error('a bug');
    });
    const untold = new Promise<unknown>((told) => process.once('unhandledRejection', told));
    runner.post({ on: 'CardInserted', slot: SD0, insertion: 'i' });
    runner.post({ on: 'CardRead', slot: SD0, insertion: 'i', result: ok(files), requestId: 'r' });
    await assert.rejects(runner.settled(), /a bug/);
    assert.match(String(await untold), /a bug/);
  });
});
