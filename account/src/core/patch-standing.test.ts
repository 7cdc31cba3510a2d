import { type PatchMessage, parsePatchVersion } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  type OfferedPatch,
  PATCH_STANDINGS,
  type PatchedEwon,
  type PatchPolicy,
  type PatchStanding,
  patchStandingOf,
  runsOf,
} from './patch-standing.ts';

const LISTED = 20;
const SHA = 'a'.repeat(64);
const POLICY: PatchPolicy = { remoteManagement: true, denied: [], held: [] };

function patch(custom: Partial<OfferedPatch['custom']> = {}): OfferedPatch {
  const whole: OfferedPatch['custom'] = {
    ...{ kind: 'ewon-firmware', version: '15.0s4', productCodes: ['21'], from: [], requires: [], cves: [] },
    ...{ severity: 'high', rebootNeeded: true, ...custom },
  };
  return { path: 'p', sha256: SHA, custom: whole, meant: parsePatchVersion(whole.version), listed: LISTED };
}

/** What an Ewon tells that has read the list and has nothing to do. */
function told(said: Partial<PatchMessage> = {}, targets = LISTED): PatchMessage {
  const at = '2026-03-01T12:00:00.000Z' as PatchMessage['at'];
  return {
    ...{ v: 1, at, epoch: 'e1', seq: 1, state: 'idle', agent: '1.4.1', firmware: '15.0s3' },
    repository: { root: 1, timestamp: 1, snapshot: 1, targets, expiresAt: at, refreshedAt: at },
    ...said,
  };
}

/** What it tells of this patch. */
function ofIt(said: Partial<PatchMessage>): PatchMessage {
  return told({ patch: { path: 'p', sha256: SHA, kind: 'ewon-firmware', version: '15.0s4' }, ...said });
}

function ewon(said: PatchMessage | undefined, serial = '1524-0071-21'): PatchedEwon {
  return { serial: serial as PatchedEwon['serial'], firmware: '15.0s3', agent: '1.4.1', told: said };
}

const agent = patch({ kind: 'agent', version: '1.4.2', productCodes: ['arm64'] });
const denied = { ...POLICY, denied: ['p'] };
const held = { ...POLICY, held: ['p'] };
const off = { ...POLICY, remoteManagement: false };

suite('how an Ewon stands with a patch', (test) => {
  const table: readonly (readonly [
    title: string,
    ewon: PatchedEwon,
    patch: OfferedPatch,
    policy: PatchPolicy,
    is: PatchStanding,
  ])[] = [
    ['has it', ewon(told({ firmware: '15.0s4' })), patch(), POLICY, { is: 'has' }],
    ['has something newer', ewon(told({ firmware: '15.1s0' })), patch(), POLICY, { is: 'has' }],
    ['has it, and the account denies it', ewon(told({ firmware: '15.0s4' })), patch(), denied, { is: 'has' }],
    ['said that it installed it', ewon(ofIt({ state: 'installed' })), patch(), POLICY, { is: 'has' }],
    [
      'has told nothing, and came with a newer one',
      { ...ewon(undefined), firmware: '15.0s5' },
      patch(),
      POLICY,
      { is: 'has' },
    ],
    ['has told nothing', ewon(undefined), patch(), POLICY, { is: 'unknown' }],
    ['has read an older list', ewon(told({}, LISTED - 1)), patch(), POLICY, { is: 'unknown' }],
    [
      'is another product',
      ewon(undefined, '1524-0071-24'),
      patch(),
      POLICY,
      { is: 'foreign', reason: 'PATCH_WRONG_PRODUCT' },
    ],
    [
      'is of another architecture: it means nothing of a patch for the agent',
      ewon(told()),
      agent,
      POLICY,
      { is: 'foreign', reason: 'PATCH_WRONG_PRODUCT' },
    ],
    [
      'was told to take it, and says that it is another product',
      ewon(ofIt({ state: 'idle', reason: 'PATCH_WRONG_PRODUCT' })),
      patch(),
      POLICY,
      { is: 'foreign', reason: 'PATCH_WRONG_PRODUCT' },
    ],
    [
      'runs what it is not for',
      ewon(told()),
      patch({ from: ['14.x'] }),
      POLICY,
      { is: 'excluded', reason: 'PATCH_NOT_FROM_HERE', detail: 'from 14.x' },
    ],
    [
      'misses the step before',
      ewon(told({ firmware: '14.6s0' })),
      patch({ requires: ['15.0s2'] }),
      POLICY,
      { is: 'excluded', reason: 'PATCH_NOT_FROM_HERE', detail: 'after 15.0s2' },
    ],
    ['is denied it', ewon(told()), patch(), denied, { is: 'excluded', reason: 'PATCH_DENIED' }],
    ['has told nothing and is denied it', ewon(undefined), patch(), denied, { is: 'excluded', reason: 'PATCH_DENIED' }],
    [
      'is denied it while it waits for its window',
      ewon(ofIt({ state: 'waiting', reason: 'PATCH_WINDOW_CLOSED' })),
      patch(),
      denied,
      { is: 'excluded', reason: 'PATCH_DENIED' },
    ],
    [
      'is at work with it although it is denied since',
      ewon(ofIt({ state: 'installing' })),
      patch(),
      denied,
      { is: 'waits', doing: 'installing' },
    ],
    [
      'is of an account that allows no remote management',
      ewon(told()),
      patch(),
      off,
      { is: 'excluded', reason: 'PATCH_OFF', detail: 'account' },
    ],
    ...(['device', 'board', 'unknown'] as const).map(
      (by) =>
        [
          `is switched off by ${by}`,
          ewon(told({ reason: 'PATCH_OFF', detail: by })),
          patch(),
          POLICY,
          { is: 'excluded', reason: 'PATCH_OFF', detail: by },
        ] as const,
    ),
    [
      'has not heard that the account allows it again',
      ewon(told({ reason: 'PATCH_OFF', detail: 'account' })),
      patch(),
      POLICY,
      { is: 'waits' },
    ],
    [
      'has no Ewon beside it',
      ewon({ ...told(), firmware: undefined } as unknown as PatchMessage),
      patch(),
      POLICY,
      { is: 'excluded', reason: 'PATCH_NOT_SUPPORTED', detail: 'ewon-firmware' },
    ],
    ['is held back by a rollout', ewon(told()), patch(), held, { is: 'waits', reason: 'PATCH_HELD' }],
    [
      'says itself that it is held back',
      ewon(ofIt({ reason: 'PATCH_HELD' })),
      patch(),
      held,
      { is: 'waits', reason: 'PATCH_HELD' },
    ],
    ['is not held back any more', ewon(ofIt({ reason: 'PATCH_HELD' })), patch(), POLICY, { is: 'waits' }],
    ['is denied it no more', ewon(ofIt({ reason: 'PATCH_DENIED' })), patch(), POLICY, { is: 'waits' }],
    [
      'downloads it',
      ewon(ofIt({ state: 'downloading', received: 5 })),
      patch(),
      POLICY,
      { is: 'waits', doing: 'downloading' },
    ],
    ...(['PATCH_WINDOW_CLOSED', 'PATCH_UNCONFIRMED', 'PATCH_METERED', 'TUF_FROZEN'] as const).map(
      (reason) =>
        [
          `waits: ${reason}`,
          ewon(ofIt({ state: 'waiting', reason })),
          patch(),
          POLICY,
          { is: 'waits', reason },
        ] as const,
    ),
    [
      'waits for the machine',
      ewon(ofIt({ state: 'waiting', reason: 'PATCH_BUSY', detail: 'tag Running' })),
      patch(),
      POLICY,
      { is: 'waits', reason: 'PATCH_BUSY', detail: 'tag Running' },
    ],
    [
      'cannot read the repository',
      ewon(told({ reason: 'TUF_UNREACHABLE', detail: 'ECONNREFUSED' }, LISTED - 1)),
      patch(),
      POLICY,
      { is: 'waits', reason: 'TUF_UNREACHABLE', detail: 'ECONNREFUSED' },
    ],
    [
      'failed',
      ewon(ofIt({ state: 'failed', reason: 'PATCH_DECLINED', detail: 'x' })),
      patch(),
      POLICY,
      { is: 'failed', reason: 'PATCH_DECLINED', detail: 'x' },
    ],
    [
      'failed, and it is denied since',
      ewon(ofIt({ state: 'failed', reason: 'PATCH_NOT_BACK' })),
      patch(),
      denied,
      { is: 'failed', reason: 'PATCH_NOT_BACK' },
    ],
    [
      'failed three times',
      ewon(ofIt({ state: 'idle', reason: 'PATCH_TRIED_OUT' })),
      patch(),
      POLICY,
      { is: 'failed', reason: 'PATCH_TRIED_OUT' },
    ],
    [
      'failed with a code of a newer agent',
      ewon(ofIt({ state: 'failed', reason: 'X' })),
      patch(),
      POLICY,
      { is: 'failed' },
    ],
    [
      'failed with another file of that name',
      ewon({ ...ofIt({ state: 'failed' }), patch: { path: 'p', sha256: 'b', kind: 'agent', version: '1.0.0' } }),
      patch(),
      POLICY,
      { is: 'waits' },
    ],
    ['has something else to do first', ewon(told({ state: 'downloading' })), patch(), POLICY, { is: 'waits' }],
  ];
  for (const [title, one, offered, policy, expected] of table)
    test(`${title}: ${expected.is}${expected.reason ? `, ${expected.reason}` : ''}`, () => {
      assert.deepEqual(patchStandingOf(one, offered, policy, false), expected);
    });

  test('whom a rollout lets through, nothing holds back', () => {
    assert.deepEqual(patchStandingOf(ewon(told()), patch(), held, true), { is: 'waits' });
    assert.deepEqual(patchStandingOf(ewon(ofIt({ reason: 'PATCH_HELD' })), patch(), held, true), { is: 'waits' });
  });

  test('every word is one of the list, whatever is told and wanted', () => {
    for (const state of ['idle', 'downloading', 'waiting', 'installing', 'installed', 'failed'] as const)
      for (const said of [told({ state }), ofIt({ state }), ofIt({ state, reason: 'PATCH_OFF', detail: 'board' })])
        for (const policy of [POLICY, denied, held, off])
          for (const isLetThrough of [true, false])
            assert.ok(PATCH_STANDINGS.includes(patchStandingOf(ewon(said), patch(), policy, isLetThrough).is));
  });

  test('what runs is what was told last, else what it came with', () => {
    assert.equal(runsOf(ewon(told({ firmware: '15.0s1' })), patch().custom), '15.0s1');
    assert.equal(runsOf(ewon(undefined), patch().custom), '15.0s3');
    assert.equal(runsOf({ ...ewon(undefined), firmware: '' }, patch().custom), undefined);
    assert.equal(runsOf(ewon(told({ agent: '1.4.0' })), agent.custom), '1.4.0');
  });
});
