import { LED } from '@ewon-agent/contracts';
import { ledSuite } from '@ewon-agent/contracts/suites/led-suite';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createBoard } from '../board.ts';

ledSuite('led port: simulated', () => {
  const board = createBoard();
  return {
    led: board.ports.led,
    look: () => {
      const { colour, onMs, offMs } = board.led.shown;
      return { colour, onMs, offMs };
    },
    starts: () => board.led.history.length,
  };
});

suite('simulated LED', (test) => {
  test('what is shown has the name of its pattern and the time since when', async () => {
    const board = createBoard();
    await board.clock.advance(250);
    await board.ports.led.show(LED.cardSeen);
    await board.clock.advance(1000);
    await board.ports.led.show({ ...LED.cardSeen });
    assert.deepEqual(board.led.shown, { ...LED.cardSeen, pattern: 'cardSeen', sinceMs: 250 });
  });

  test('a blink that is no pattern of ours is shown without a name', async () => {
    const board = createBoard();
    await board.ports.led.show({ colour: 'red', onMs: 7, offMs: 7 });
    assert.equal(board.led.shown.pattern, undefined);
  });

  test('the history tells the story, and the LED is dark without power', async () => {
    const board = createBoard();
    await board.ports.led.show(LED.running);
    await board.ports.led.show(LED.cardOk);
    board.power.cut();
    assert.deepEqual(board.led.patterns(), ['off', 'running', 'cardOk', 'off']);
  });
});
