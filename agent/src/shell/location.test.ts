import { err, type LocationBody, ok } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { GATHER_MS, type LocationSwitch } from '../core/location.ts';
import { type LinkReading, mergeReadings } from '../core/wan-link.ts';
import { testClock } from '../testing/test-clock.ts';
import { type Said, startLocation } from './location.ts';

const ON: LocationSwitch = { on: true, by: 'account', deviceId: 'd_1' };
const OFF: LocationSwitch = { on: false, by: 'board', deviceId: 'd_1' };
const CELL: LinkReading = {
  ...{ source: 'modem', name: 'wwan0', operator: '20601', lac: 6699, cellId: 27_447_297, technology: 'LTE' },
};
const FIX: Said = {
  ...{ on: 'GnssHeard', what: 'a fix' },
  fix: { lat: 50, lng: 4, accuracy: 9, at: '2026-03-01T12:00:00.000Z' },
};

/** A location whose switch, sources, disk and account are in the test's hands. */
function begin(decision: LocationSwitch, saved?: string) {
  const { clock, pass } = testClock();
  const world = { decision, saved, isOpen: true, isFull: false, opened: 0, closed: 0 };
  const told: LocationBody[] = [];
  let say: (said: Said) => void = () => {};
  let wake = () => {};
  const running = startLocation({
    ...{ clock, log: { write() {} }, report() {}, isConfigured: true },
    rules: { considerIp: true, spacingMs: 60_000, moveMetres: 100, sources: ['cells', 'gnss'] },
    decision: () => world.decision,
    links: () => mergeReadings([], [CELL], { atMs: 0, order: [] }),
    open(saying) {
      world.opened += 1;
      say = saying;
      return {
        close() {
          world.closed += 1;
        },
      };
    },
    watchSwitch(call) {
      wake = call;
      return { stop() {} };
    },
    load: () => world.saved,
    save(text) {
      if (world.isFull) return err('STATE_UNWRITABLE');
      world.saved = text;
      return ok(undefined);
    },
    erase() {
      world.saved = undefined;
      return ok(undefined);
    },
    async tell(_, body) {
      if (world.isOpen) told.push(body);
      return world.isOpen;
    },
  });
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return { ...{ world, told, running, pass, settle }, say: (said: Said) => say(said), wake: () => wake() };
}

suite('location, carried out', (test) => {
  test('off: nothing is opened, also when links are read and a session comes; on: cells and a fix are told', async () => {
    const { world, running, told, wake, say, settle } = begin(OFF);
    running.linksRead();
    running.announced();
    assert.deepEqual([world.opened, world.saved, told], [0, undefined, []]);
    world.decision = ON;
    wake();
    assert.equal(world.opened, 1);
    say(FIX);
    await settle();
    assert.deepEqual(
      told.map(({ evidence }) => [evidence?.cellTowers?.length, evidence?.gnss?.lat]),
      [[1, 50]],
    );
    running.stop();
    assert.equal(world.closed, 1);
  });

  test('a file that came a moment ago counts before anybody noticed it: what is heard then is not told', async () => {
    const { world, running, told, say, settle } = begin(ON);
    running.announced();
    world.decision = OFF;
    say(FIX);
    await settle();
    assert.deepEqual([told, world.closed, running.state().ledger.map(({ did }) => did)], [[], 1, ['off']]);
    say(FIX); // of a source that was being closed
    assert.equal(world.opened, 1);
    running.stop();
  });

  test('off after something was told: taken back, and the file is gone', async () => {
    const { world, running, told, say, settle, wake } = begin(ON);
    running.announced();
    say(FIX);
    await settle();
    assert.match(world.saved ?? '', /"arrived":true/);
    world.decision = OFF;
    wake();
    await settle();
    assert.deepEqual([told.at(-1), world.saved], [{ withdrawn: 'board' }, undefined]);
    running.stop();
  });

  test('what cannot be saved is not sent; the next session tries again', async () => {
    const { world, running, told, pass, settle } = begin(ON);
    world.isFull = true;
    running.announced();
    pass(GATHER_MS);
    await settle();
    assert.deepEqual([told, world.saved], [[], undefined]);
    world.isFull = false;
    running.announced();
    await settle();
    assert.equal(told.length, 1);
    running.stop();
  });

  test('a stop closes the sources and tells nothing', async () => {
    const { world, running, told, say, settle } = begin(ON);
    running.stop();
    say(FIX);
    running.announced();
    await settle();
    assert.deepEqual([world.closed, told, world.saved], [1, [], undefined]);
  });
});
