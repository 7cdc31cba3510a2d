import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { createPatience, createWindow } from './in-flight.ts';

suite('what is in flight', (test) => {
  test('no more are in than the window holds; the others follow in their order', () => {
    const begun: number[] = [];
    const window = createWindow(2);
    for (const n of [1, 2, 3, 4, 5]) window.enter(() => begun.push(n));
    assert.deepEqual(begun, [1, 2]);
    window.leave();
    assert.deepEqual(begun, [1, 2, 3]);
    window.resize(1);
    window.leave();
    window.leave();
    assert.deepEqual(begun, [1, 2, 3, 4]);
    window.resize(0); // none at all would be no window
    window.leave();
    assert.deepEqual(begun, [1, 2, 3, 4, 5]);
  });

  test('patience is lost once, when something is expected and nothing heard; not before, not after the end', async () => {
    let lost = 0;
    const patience = createPatience(20, () => {
      lost += 1;
    });
    patience.expect();
    patience.heard();
    const other = createPatience(20, () => assert.fail('it has ended'));
    other.expect();
    other.end();
    const idle = createPatience(20, () => assert.fail('nothing is expected'));
    idle.expect();
    idle.heard();
    patience.expect();
    await eventually(() => lost > 0, { what: 'patience is lost' });
    await eventually(() => performance.now() > 0, { what: 'a moment' });
    assert.equal(lost, 1);
  });
});
