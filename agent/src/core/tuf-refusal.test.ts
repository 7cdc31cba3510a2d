import { assert, suite } from '@ewon-agent/contracts/testing';
import { faultOfRefusal, type TufRefusal } from './tuf-refusal.ts';

suite('refusals of metadata', (test) => {
  test('each has its code, and says the file and what was met', () => {
    const file = '7.snapshot.json';
    const cases: [refusal: TufRefusal, said: string][] = [
      [{ file, found: 'malformed', what: 'no JSON' }, 'TUF_MALFORMED 7.snapshot.json: no JSON'],
      [
        { file, found: 'signatures', good: 0, needed: 2, by: 'root 3' },
        'TUF_UNSIGNED 7.snapshot.json: 0 of 2 good signatures that root 3 asks for',
      ],
      [
        { file, found: 'signatures', good: 1, needed: 2, by: 'root 3' },
        'TUF_BELOW_THRESHOLD 7.snapshot.json: 1 of 2 good signatures that root 3 asks for',
      ],
      [
        { file, found: 'older', what: 'it', version: 1, trusted: 2 },
        'TUF_ROLLBACK 7.snapshot.json: it is version 1, 2 was seen before',
      ],
      [{ file, found: 'dropped', what: 'a.json' }, 'TUF_ROLLBACK 7.snapshot.json: a.json is not named any more'],
      [{ file, found: 'other', what: 'version 3' }, 'TUF_MIXED 7.snapshot.json: version 3'],
      [
        { file, found: 'expired', expiresMs: 0, atMs: 1000 },
        'TUF_FROZEN 7.snapshot.json: expired at 1970-01-01T00:00:00.000Z, and it is 1970-01-01T00:00:01.000Z at least',
      ],
      [
        { file, found: 'expired', expiresMs: 0, atMs: Number.POSITIVE_INFINITY },
        'TUF_FROZEN 7.snapshot.json: expired at 1970-01-01T00:00:00.000Z, and it is beyond all dates at least',
      ],
    ];
    for (const [refusal, said] of cases) {
      const { code, detail } = faultOfRefusal(refusal);
      assert.equal(`${code} ${detail}`, said);
    }
  });
});
