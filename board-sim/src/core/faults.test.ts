import { assert, suite } from '@ewon-agent/contracts/testing';
import { nextFault, type Scripted } from './faults.ts';

suite('scripted faults', (test) => {
  test('no script is well for ever', () => {
    assert.deepEqual(nextFault<string>(undefined, 'ok'), ['ok', undefined]);
  });

  test('one name stays', () => {
    assert.deepEqual(nextFault<string>('eio', 'ok'), ['eio', 'eio']);
  });

  test('a list comes in turn and ends well, and is not changed', () => {
    const script = Object.freeze(['eio', 'ok', 'slow']);
    const met: string[] = [];
    let rest: Scripted<string> | undefined = script;
    for (let i = 0; i < 5; i++) {
      const [fault, next]: readonly [string, Scripted<string> | undefined] = nextFault<string>(rest, 'ok');
      met.push(fault);
      rest = next;
    }
    assert.deepEqual(met, ['eio', 'ok', 'slow', 'ok', 'ok']);
  });
});
