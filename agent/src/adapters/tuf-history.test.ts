// test-timeout: 900 s
import { DAY_MS } from '@ewon-agent/contracts';
import { assertOk, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { TUF_ROLES, type TufRole } from '../core/tuf-refusal.ts';
import { makeTufRepository, repoKey } from '../testing/tuf-repository.ts';
import { tufSite } from '../testing/tuf-site.ts';

// A repository that is fine is never refused, whatever was published between two looks at it.

const role = fc.constantFrom<TufRole>(...TUF_ROLES);
const deed = fc.oneof(
  fc.record({ do: fc.constant('offer' as const), jump: fc.integer({ min: 1, max: 500 }) }),
  fc.record({ do: fc.constant('rotate' as const), roles: fc.uniqueArray(role, { minLength: 1 }) }),
  fc.record({ do: fc.constant('addKey' as const), role, threshold: fc.constantFrom(1, 2) }),
  fc.record({ do: fc.constant('renewRoot' as const) }),
  fc.record({ do: fc.constant('beginAnew' as const) }),
);
const step = fc.record({
  days: fc.double({ min: 0, max: 40, noNaN: true }),
  deeds: fc.array(deed, { maxLength: 4 }),
  looks: fc.boolean(),
  clock: fc.constantFrom('right', 'right', 'at 1970', 'a day behind'),
  isConfirmed: fc.boolean(),
});

/** TUF_POINTS=all, as for the points of a power cut. */
const takesMany = process.env['TUF_POINTS'] === 'all';

suite('a repository that is fine', { timeoutMs: 600_000 }, (test) => {
  test('is never refused, whatever its history between two looks, by a clock that is right or behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), fc.boolean(), async (steps, isConsistent) => {
        const repo = makeTufRepository({ isConsistent });
        const site = tufSite(repo);
        try {
          for (const { days, deeds, looks, clock, isConfirmed } of steps) {
            repo.now.ms += days * DAY_MS;
            for (const each of deeds) act(repo, each);
            repo.publish('root'); // before anything of it expires
            repo.publishAll();
            if (!looks) continue;
            site.time.clockMs = clock === 'right' ? repo.now.ms : clock === 'at 1970' ? 0 : repo.now.ms - DAY_MS;
            if (isConfirmed) site.said.dateMs = repo.now.ms;
            else delete site.said.dateMs;
            assertOk(await site.refresh());
          }
        } finally {
          site.remove();
        }
      }),
      { numRuns: takesMany ? 500 : 12 }, // a look flushes three files: 500 take minutes,
    );
  });
});

type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

function act(repo: ReturnType<typeof makeTufRepository>, deed: Deed): void {
  switch (deed.do) {
    case 'offer':
      repo.put(`patch-${deed.jump}.bin`, Buffer.from(`patch ${deed.jump}`));
      repo.publish('targets', { version: repo.versions.targets + deed.jump });
      return;
    case 'rotate':
      repo.rotate(...deed.roles);
      return;
    case 'addKey': {
      const before = repo.keys.root;
      repo.keys[deed.role] = [...repo.keys[deed.role], repoKey()];
      repo.thresholds[deed.role] = Math.min(deed.threshold, repo.keys[deed.role].length);
      repo.publish('root', { by: [...new Set([...before, ...repo.keys.root])] });
      return;
    }
    case 'renewRoot':
      repo.publish('root');
      return;
    default:
      // as after a fast-forward attack: all versions begin again, under keys of which none was known
      repo.rotate('timestamp', 'snapshot');
      Object.assign(repo.versions, { timestamp: 0, snapshot: 0, targets: 0 });
  }
}
