import { assert, suite } from '@ewon-agent/contracts/testing';
import { collectGarbage } from './collect-garbage.ts';

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

  test('no code finds it afterwards', () => {
    collectGarbage();
    assert.equal('gc' in globalThis, false);
  });
});
