import { LED, parseSlotId } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { createBoard } from '../board.ts';

const sd0 = assertOk(parseSlotId('sd0'));
const CARD = { otherFiles: [] };

/** Tells whether a promise has been answered once everything settled. */
async function isAnswered(board: ReturnType<typeof createBoard>, promise: Promise<unknown>) {
  let answered = false;
  void promise.then(() => {
    answered = true;
  });
  await board.clock.settle();
  return answered;
}

suite('power', (test) => {
  test('what was asked before the cut is never answered', async () => {
    const board = createBoard({ faults: { ewon: 'silent' } });
    const asked = board.ports.firmware.identity();
    await board.clock.advance(4000);
    board.power.cut();
    await board.clock.advance(10_000);
    assert.equal(await isAnswered(board, asked), false);
  });

  test('what is asked after the cut neither acts nor is answered', async () => {
    const board = createBoard();
    const dead = board.ports;
    board.power.cut();
    assert.equal(board.power.isOn(), false);
    assert.equal(await isAnswered(board, dead.led.show(LED.cardOk)), false);
    assert.equal(await isAnswered(board, dead.firmware.identity()), false);
    assert.equal(await isAnswered(board, dead.slots.read(sd0, 'x')), false);
    board.slots.sd0.insert(CARD);
    let told = 0;
    assert.equal(
      await isAnswered(
        board,
        dead.slots.watch(() => told++),
      ),
      false,
    );
    assert.equal(told, 0);
    assert.equal(board.led.shown.pattern, 'off');
  });

  test('calls that were due are not made after the cut, and none can be asked for', async () => {
    const board = createBoard();
    let made = 0;
    board.ports.clock.after(10, () => made++);
    const dead = board.ports.clock;
    board.power.cut();
    dead.after(10, () => made++);
    await board.clock.advance(100);
    assert.equal(made, 0);
  });

  test('the old ports stay dead after a reboot, the new ones live', async () => {
    const board = createBoard();
    const dead = board.ports;
    const live = board.reboot();
    assert.equal(board.ports, live);
    assert.equal(await isAnswered(board, dead.led.show(LED.cardFailed)), false);
    assert.equal(await isAnswered(board, live.led.show(LED.cardOk)), true);
    assert.equal(board.led.shown.pattern, 'cardOk');
  });

  test('a watcher of before the cut is not told of cards put in afterwards', async () => {
    const board = createBoard();
    let told = 0;
    await board.ports.slots.watch(() => told++);
    board.power.cut();
    board.slots.sd0.insert(CARD);
    board.reboot();
    assert.equal(told, 0);
  });

  test('whenCut calls at the cut, at once when it is over, and once', () => {
    const board = createBoard();
    const { power } = board.ports;
    let cuts = 0;
    power.whenCut(() => cuts++);
    board.power.cut();
    board.power.cut();
    assert.equal(cuts, 1);
    power.whenCut(() => cuts++);
    assert.equal(cuts, 2);
  });

  for (const cut of ['before', 'after'] as const) {
    test(`a cut planned ${cut} the second call falls exactly there`, async () => {
      const board = createBoard({ faults: { power: { call: 2, cut } } });
      const { led } = board.ports;
      assert.equal(await isAnswered(board, led.show(LED.cardSeen)), true);
      assert.equal(await isAnswered(board, led.show(LED.cardWorking)), false);
      assert.equal(await isAnswered(board, led.show(LED.cardOk)), false);
      assert.deepEqual(board.power.calls(), ['led.show', 'led.show']);
      const seen = cut === 'before' ? ['off', 'cardSeen', 'off'] : ['off', 'cardSeen', 'cardWorking', 'off'];
      assert.deepEqual(board.led.patterns(), seen);
      const again = board.reboot().led;
      await again.show(LED.running);
      await again.show(LED.cardOk);
      assert.equal(board.led.shown.pattern, 'cardOk', 'the plan was for one cut');
    });
  }
});
