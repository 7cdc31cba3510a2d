import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Answer } from './api.ts';
import { early, earlyOr } from './early.ts';
import { PROBLEM } from './testing/rows.ts';

const asked = (value: string) => async (): Promise<Answer<string>> => ({ ok: true, value });

suite('an answer that was asked for early', (test) => {
  test('is used once, and asked for again then: it may be old', async () => {
    const given = early(asked('early')());
    let again = 0;
    const read = () => earlyOr(given, asked('now'), () => again++);
    assert.deepEqual(await read(), { ok: true, value: 'early' });
    assert.equal(again, 1);
    assert.deepEqual(await read(), { ok: true, value: 'now' });
    assert.equal(again, 1);
  });

  test('is of no use when it was refused, nor when there is none: then it is asked for', async () => {
    const refused = early<string>(Promise.resolve({ ok: false, status: 401, problem: PROBLEM }));
    for (const given of [refused, undefined]) {
      const read = await earlyOr(given, asked('now'), () => assert.fail());
      assert.deepEqual(read, { ok: true, value: 'now' });
    }
  });
});
