import { type Millis, ok, parseSlotId, type Result, type SlotId } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { createLanes } from './lanes.ts';

const SLOTS = ['sd0', 'usb1', 'usb2'].map((name) => assertOk(parseSlotId(name)));
const [SD0, USB1, USB2] = SLOTS as [SlotId, SlotId, SlotId];

/** A clock that a test advances, lanes on it, and work that ends when the test says so. */
function createRoad() {
  const due: { atMs: Millis; call: () => void }[] = [];
  let nowMs = 0;
  const clock = {
    after(delayMs: Millis, call: () => void) {
      const one = { atMs: nowMs + delayMs, call };
      due.push(one);
      return () => void (due.includes(one) && due.splice(due.indexOf(one), 1));
    },
  };
  const lanes = createLanes(clock);
  const begun: string[] = [];
  return {
    begun,
    start(slot: SlotId, name: string) {
      const end = Promise.withResolvers<Result<string>>();
      const answer = lanes.run({
        slot,
        timeMs: 1900,
        late: 'CARD_UNREADABLE',
        work: () => {
          begun.push(name);
          return end.promise;
        },
      });
      return { answer, end: () => end.resolve(ok(name)) };
    },
    async pass(ms: Millis) {
      await settled();
      nowMs += ms;
      for (const one of due.filter(({ atMs }) => atMs <= nowMs)) {
        due.splice(due.indexOf(one), 1);
        one.call();
      }
      await settled();
    },
  };
}

const settled = () => new Promise<void>((done) => setImmediate(done));

suite('lanes', (test) => {
  test('one slot is worked on by one at a time, in order; two slots at once', async () => {
    const { start, begun, pass } = createRoad();
    const [one, two, other] = [start(SD0, 'one'), start(SD0, 'two'), start(USB1, 'other')];
    await pass(0);
    assert.deepEqual(begun, ['one', 'other']);
    one.end();
    assert.equal(assertOk(await one.answer), 'one');
    await pass(0);
    assert.deepEqual(begun, ['one', 'other', 'two']);
    two.end();
    other.end();
    assert.deepEqual([assertOk(await two.answer), assertOk(await other.answer)], ['two', 'other']);
  });

  test('what hangs is answered in time, and nothing more is asked of that slot until it returned', async () => {
    const { start, begun, pass } = createRoad();
    const hangs = start(SD0, 'hangs');
    await pass(1900);
    assert.match(assertFault(await hangs.answer, 'CARD_UNREADABLE').detail, /no answer within 1900 ms/);
    assert.match(assertFault(await start(SD0, 'next').answer, 'CARD_UNREADABLE').detail, /still hangs/);
    hangs.end();
    await pass(0);
    const later = start(SD0, 'later');
    later.end();
    assert.equal(assertOk(await later.answer), 'later');
    assert.deepEqual(begun, ['hangs', 'later']);
  });

  test('who waits behind what hangs is answered when his own time is over at the latest', async () => {
    const { start, begun, pass } = createRoad();
    const hangs = start(SD0, 'hangs');
    await pass(1000);
    const waits = start(SD0, 'waits');
    await pass(900);
    assertFault(await hangs.answer, 'CARD_UNREADABLE');
    assertFault(await waits.answer, 'CARD_UNREADABLE');
    assert.deepEqual(begun, ['hangs']);
  });

  test('two slots may hang, and a third one is not tried: threads are left for the rest of the agent', async () => {
    const { start, begun, pass } = createRoad();
    const hanging = [start(SD0, 'a'), start(USB1, 'b')];
    await pass(1900);
    for (const { answer } of hanging) assertFault(await answer, 'CARD_UNREADABLE');
    assert.match(assertFault(await start(USB2, 'c').answer, 'CARD_UNREADABLE').detail, /other slots hang/);
    hanging[0]?.end();
    await pass(0);
    const again = start(USB2, 'c');
    again.end();
    assertOk(await again.answer);
    assert.deepEqual(begun, ['a', 'b', 'c']);
  });
});
