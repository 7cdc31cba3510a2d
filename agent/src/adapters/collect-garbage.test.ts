import { KIB } from '@ewon-agent/contracts';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { collectGarbage, youngGarbageCollector } from './collect-garbage.ts';

suite('collecting garbage', (test) => {
  test('what nobody holds any more is gone, and what is held stays', async () => {
    const held = { text: 'x'.repeat(100) };
    const refs = [new WeakRef(held), new WeakRef({ text: 'y'.repeat(100) })];
    await new Promise(setImmediate); // what a WeakRef was made of lives until the job is over
    collectGarbage();
    assert.deepEqual(
      refs.map((ref) => ref.deref() !== undefined),
      [true, false],
    );
    assert.ok(held);
  });

  test('buffers that nobody holds any more are given back when what is young is collected', async () => {
    const collectYoung = youngGarbageCollector();
    collectYoung();
    const before = process.memoryUsage().arrayBuffers;
    for (let made = 0; made < 256; made += 1) Buffer.allocUnsafe(64 * KIB);
    collectYoung();
    const left = () => process.memoryUsage().arrayBuffers - before;
    await eventually(() => left() < 1024 * KIB, { what: 'all but 1 of 16 MiB back' }); // another thread frees them
  });

  test('no code finds it afterwards', () => {
    collectGarbage();
    assert.equal('gc' in globalThis, false);
  });
});
