import { assert, suite } from '@ewon-agent/contracts/testing';
import type { AdminChange } from '@ewon-agent/e2e/admin-api';
import { createWitness } from './witness.ts';

/** The part of the admin API that a witness subscribes to, with a way to tell a change. */
function account() {
  const told: ((change: AdminChange) => void)[] = [];
  let subscribed = 0;
  return {
    tell: () => {
      for (const tell of told) tell({ type: 'registration', id: '', row: null });
    },
    subscribed: () => subscribed,
    api: {
      async changes(tell: (change: AdminChange) => void) {
        told.push(tell);
        subscribed += 1;
        return () => {
          subscribed -= 1;
        };
      },
    },
  };
}

suite('witness', (test) => {
  test('asks until it sees what it looks for, and says when it had the answer', async () => {
    const witness = await createWitness(account().api);
    const answers = [undefined, undefined, 'row'];
    const before = performance.now();
    const { seen, atMs } = await witness.until(async () => answers.shift());
    assert.equal(seen, 'row');
    assert.equal(answers.length, 0);
    assert.ok(before <= atMs && atMs <= performance.now());
    witness.close();
  });

  test('a change that is told while it asks does not hold it up', async () => {
    const { api, tell } = account();
    const witness = await createWitness(api);
    let asked = 0;
    await witness.until(async () => {
      tell();
      asked += 1;
      return asked === 3 ? 'row' : undefined;
    });
    assert.equal(asked, 3);
    witness.close();
  });

  test('a question that fails ends the wait with its error', async () => {
    const witness = await createWitness(account().api);
    await assert.rejects(
      witness.until(() => Promise.reject(new Error('the account is gone'))),
      /the account is gone/,
    );
    witness.close();
  });

  test('closed, it is told nothing more', async () => {
    const { api, subscribed } = account();
    const witness = await createWitness(api);
    assert.equal(subscribed(), 1);
    witness.close();
    assert.equal(subscribed(), 0);
  });
});
