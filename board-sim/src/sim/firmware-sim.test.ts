import { parseSerial, SECOND_MS } from '@ewon-agent/contracts';
import { firmwareSuite } from '@ewon-agent/contracts/suites/firmware-suite';
import { assertOk } from '@ewon-agent/contracts/testing';
import { createBoard } from '../board.ts';

firmwareSuite('firmware port: simulated', () => {
  const board = createBoard({ ewon: { serial: '1523-0156-24', model: 'Flexy 205', firmware: '15.0s4' } });
  return {
    firmware: board.ports.firmware,
    identity: { serial: assertOk(parseSerial('1523-0156-24')), model: 'Flexy 205', firmware: '15.0s4' },
    limitMs: 5 * SECOND_MS,
    trouble: (ewon) => board.faults.set({ ewon }),
    async wait(answer) {
      const startMs = board.clock.elapsedMs();
      let done = false;
      void answer.then(() => {
        done = true;
      });
      await board.clock.advanceUntil(() => done, { what: 'an answer of the Ewon', withinMs: 60 * SECOND_MS });
      return { value: await answer, tookMs: board.clock.elapsedMs() - startMs };
    },
  };
});
