import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Ewon } from './api-types.ts';
import { createHeard } from './heard.ts';
import { anEwon } from './testing/rows.ts';

suite('Ewons that are heard', (test) => {
  test('thousands are told once for each frame, each as it is by then, to who listens by then', () => {
    const frames: (() => void)[] = [];
    const heard = createHeard((call) => void frames.push(call));
    const told: (readonly Ewon[])[] = [];
    heard.tell(anEwon({ name: 'a', status: 'offline' }));
    const leave = heard.listen((rows) => told.push(rows));
    for (let i = 0; i < 1000; i++) heard.tell(anEwon({ name: i % 2 === 0 ? 'a' : 'b' }));
    assert.deepEqual([frames.length, told.length], [1, 0]);
    frames.shift()?.();
    assert.deepEqual(
      told.map((rows) => rows.map(({ name, status }) => `${name} ${status}`)),
      [['a online', 'b online']],
    );
    heard.tell(anEwon({ name: 'c' }));
    leave();
    frames.shift()?.();
    assert.deepEqual([told.length, frames.length], [1, 0]);
  });
});
