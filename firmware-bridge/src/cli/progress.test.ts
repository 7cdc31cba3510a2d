import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Io } from './io.ts';
import { progressOn } from './progress.ts';

function shownOn(terminal: Io['terminal'], totalBytes: number | undefined, sent: readonly number[]): string {
  let shown = '';
  const io: Io = {
    stdin: (async function* () {})(),
    env: {},
    terminal,
    stdout: () => {},
    stderr: (text) => (shown += text),
  };
  const { onBytes, end } = progressOn(io, 'text', 'a.edf', totalBytes);
  for (const bytes of sent) onBytes(bytes);
  end();
  return shown;
}

suite('progress of a transfer', (test) => {
  test('on a terminal one line is written over and ended, also of a transfer that broke off', () =>
    assert.equal(shownOn('yes', 4096, [1024, 2048]), '\ra.edf: 25 %, 1 KiB\ra.edf: 50 %, 2 KiB\n'));

  test('in a log there is a line at each tenth', () =>
    assert.equal(
      shownOn('no', 102_400, [1024, 2048, 10_240, 102_400]),
      'a.edf: 1 %, 1 KiB\na.edf: 10 %, 10 KiB\na.edf: 100 %, 100 KiB\n',
    ));

  test('of an unknown length there is a line at each MiB', () =>
    assert.equal(shownOn('no', undefined, [1, 1000, 2 ** 20]), 'a.edf: 0 KiB\na.edf: 1024 KiB\n'));

  test('nothing moved: nothing is said', () => assert.equal(shownOn('yes', 10, []), ''));
});
