import { parseSerial, SECOND_MS } from '@ewon-agent/contracts';
import { firmwareFilesSuite } from '@ewon-agent/contracts/suites/firmware-files-suite';
import { firmwareSuite } from '@ewon-agent/contracts/suites/firmware-suite';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { type BoardOptions, createBoard } from '../board.ts';

const EWON = { serial: '1523-0156-24', model: 'Flexy 205', firmware: '15.0s4' };

/** A board, and what every suite of its Ewon needs. */
function boardWith(options: BoardOptions = {}) {
  const board = createBoard({ ewon: EWON, ...options });
  return {
    board,
    firmware: board.ports.firmware,
    trouble: (ewon: NonNullable<BoardOptions['faults']>['ewon']) => board.faults.set({ ewon }),
    async wait<T>(answer: Promise<T>) {
      const startMs = board.clock.elapsedMs();
      let done = false;
      void answer.then(() => {
        done = true;
      });
      await board.clock.advanceUntil(() => done, { what: 'an answer of the Ewon', withinMs: 60 * SECOND_MS });
      return { value: await answer, tookMs: board.clock.elapsedMs() - startMs };
    },
  };
}

firmwareSuite('firmware port: simulated', () => {
  const fixture = boardWith();
  fixture.board.ewon.tag('Level', 40.5);
  fixture.board.ewon.tag('Batch', 'A-17', 'bad');
  return {
    ...fixture,
    tags: [
      { tag: 'Level', value: 40.5, quality: 'good' },
      { tag: 'Batch', value: 'A-17', quality: 'bad' },
    ],
    identity: { ...EWON, serial: assertOk(parseSerial(EWON.serial)) },
    limitMs: 5 * SECOND_MS,
  };
});

firmwareFilesSuite('firmware port: simulated, with files', () => {
  const { board, ...fixture } = boardWith({ ewonFiles: 'taken' });
  return { ...fixture, arrived: () => board.ewon.files, decline: (name) => board.ewon.decline(name) };
});

suite('simulated Ewon', (test) => {
  test('it takes no files unless told, and what it took stays over a power cut', async () => {
    assert.equal(boardWith().firmware.take, undefined);
    const { board, firmware, wait } = boardWith({ ewonFiles: 'taken' });
    assert.ok(firmware.take);
    const file = { name: 'comcfg.txt', sizeBytes: 0, piece: () => assert.fail() };
    assertOk((await wait(firmware.take(file))).value);
    board.reboot();
    assert.deepEqual(board.ewon.files, [{ name: 'comcfg.txt', bytes: new Uint8Array() }]);
  });
});
