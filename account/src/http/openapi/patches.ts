import { PATCH_KINDS, PATCH_SEVERITIES, type PatchCustom, patchPath } from '@ewon-agent/contracts';
import type { Lack } from '../../aspu/lacks.ts';
import type { AspuKeyView, AspuPatchView, AspuRoleView, AspuView } from '../../aspu/view.ts';
import { ASPU_ROLES } from '../../core/aspu-names.ts';
import { PATCH_STANDINGS } from '../../core/patch-standing.ts';
import type { RolloutStanding } from '../../core/rollout.ts';
import type { GroupProgress } from '../../core/rollout-progress.ts';
import type { AspuAnswer } from '../admin-aspu.ts';
import type { RolloutView } from '../admin-rollouts.ts';
import { readPublished, readRolloutOrder } from '../bodies.ts';
import type { PatchEwonView, PatchesView, PatchRolloutView, PatchView } from '../patch-views.ts';
import { deviceId, time } from './common.ts';
import { type Declarations, json } from './declared.ts';
import { policy } from './orders.ts';
import { count, list, named, object, oneOf, optional, orNull, record, text, yesOrNo } from './shape.ts';

const byPath = { path: { path: patchPath } };
const role = oneOf(ASPU_ROLES);
const custom = object<PatchCustom>({
  ...{ kind: oneOf(PATCH_KINDS), version: text(), productCodes: list(text()), from: list(text()) },
  ...{ requires: list(text()), cves: list(text()), severity: oneOf(PATCH_SEVERITIES), rebootNeeded: yesOrNo },
});
const aspuPatchMembers = {
  ...{ path: text(), length: count, sha256: text(), custom, state: oneOf(['published', 'added', 'revoked']) },
};
const roles = list(object<AspuRoleView>({ ...{ role, version: count, expiresAt: time, expiresSoon: yesOrNo } }));
const drafted = list(object<AspuView['drafted'][number]>({ role: oneOf(['root', 'targets']), version: count }));
const signed = object<NonNullable<Lack['signed']>>({
  ...{ by: role, of: oneOf(['present', 'next']), has: count, needs: count },
});
const repository = named(
  'PatchRepository',
  object<AspuView>({
    ...{ patchRoot: orNull(text()), roles, drafted, patches: list(object<AspuPatchView>(aspuPatchMembers)) },
    lacks: list(object<Lack>({ role: text(), version: count, signed: optional(signed), expired: optional(text()) })),
    keys: list(
      object<AspuKeyView>({
        ...{ keyId: text(), role, state: oneOf(['present', 'next', 'past']), threshold: count },
      }),
    ),
  }),
);
const aspu = json(object<AspuAnswer>({ repository: orNull(repository) }));

const rolloutState = oneOf(['running', 'stopped', 'done']);
const rolloutMembers = {
  ...{ state: rolloutState, stoppedBy: orNull(oneOf(['person', 'failures'])), reached: count, successPercent: count },
  ...{ failuresMax: count, forgiven: count, startedAt: time, changedAt: time },
};
const progress = object<GroupProgress>({
  ...{ waiting: count, told: count, installed: count, failed: count, passed: count, isTold: yesOrNo },
});
const patchMembers = {
  ...{ ...aspuPatchMembers, isDenied: yesOrNo, isHeld: yesOrNo },
  counts: object<PatchView['counts']>({
    ...{ has: count, waits: count, failed: count, excluded: count, foreign: count, unknown: count },
  }),
  rollout: orNull(object<PatchRolloutView>({ ...rolloutMembers, groups: list(progress) })),
};
const patches = object<PatchesView>({
  repository: orNull(
    object<NonNullable<PatchesView['repository']>>({
      ...{ patchRoot: orNull(text()), roles, drafted, lacks: list(text()) },
    }),
  ),
  ...{ patches: list(named('Patch', object<PatchView>(patchMembers))), denied: list(text()) },
});
const standing = object<PatchEwonView>({
  ...{ deviceId, name: text(), online: yesOrNo, runs: orNull(text()), toldAt: orNull(time), why: optional(text()) },
  ...{ is: oneOf(PATCH_STANDINGS), doing: optional(oneOf(['downloading', 'installing'])) },
  ...{ reason: optional(text()), detail: optional(text()) },
});
const rollout = named(
  'Rollout',
  object<RolloutView>({
    ...{ ...rolloutMembers, path: text(), kind: oneOf(PATCH_KINDS), version: text(), groups: list(list(deviceId)) },
    standing: record(
      object<RolloutStanding>({
        ...{ is: oneOf(['waiting', 'told', 'installed', 'failed', 'passed']), reason: optional(text()) },
      }),
    ),
  }),
);

/** Security patches, their repository, and rollouts in groups. */
export const PATCH_ROUTES: Declarations = {
  'GET /api/v1/aspu': { summary: 'The repository of patches; null where there is none', answers: aspu },
  'POST /api/v1/aspu/published': {
    summary: 'Says that the repository was published anew',
    body: readPublished,
    answers: aspu,
  },
  'GET /api/v1/patches': { summary: 'Patches, and how many Ewons stand how with each', answers: json(patches) },
  'GET /api/v1/patches/:path': {
    ...byPath,
    summary: 'A patch, and how each Ewon stands with it',
    answers: json(
      object<PatchView & { readonly ewons: readonly PatchEwonView[] }>({ ...patchMembers, ewons: list(standing) }),
    ),
  },
  'POST /api/v1/patches/:path/deny': { ...byPath, summary: 'Has no Ewon install a patch', answers: json(policy) },
  'POST /api/v1/patches/:path/allow': { ...byPath, summary: 'Allows a patch again', answers: json(policy) },
  'GET /api/v1/rollouts': { summary: 'Rollouts of patches in groups', answers: json(list(rollout)) },
  'GET /api/v1/rollouts/:path': { ...byPath, summary: 'One rollout', answers: json(rollout) },
  'POST /api/v1/rollouts': { summary: 'Begins a rollout', body: readRolloutOrder, answers: json(rollout) },
  'POST /api/v1/rollouts/:path/stop': { ...byPath, summary: 'Stops a rollout', answers: json(rollout) },
  'POST /api/v1/rollouts/:path/resume': { ...byPath, summary: 'Goes on with a rollout', answers: json(rollout) },
};
