import {
  CODES,
  comparePatchVersions,
  DENIED_MAX,
  type DeviceId,
  err,
  ok,
  parsePatchVersion,
  type Result,
} from '@ewon-agent/contracts';
import { lackText } from '../aspu/lacks.ts';
import type { AspuPatchView } from '../aspu/view.ts';
import {
  type OfferedPatch,
  PATCH_STANDINGS,
  type PatchedEwon,
  type PatchPolicy,
  type PatchStandingIs,
  patchStandingOf,
  runsOf,
} from '../core/patch-standing.ts';
import { FIRST_POLICY } from '../core/policy.ts';
import type { EwonRecord, PolicyRecord, RolloutRecord } from '../core/records.ts';
import { groupProgressOf, letThrough } from '../core/rollout-progress.ts';
import type { House } from '../house.ts';
import type { PatchEwonView, PatchesView, PatchRolloutView, PatchView } from '../http/patch-views.ts';
import { changePolicy, presentPolicy } from './policy.ts';

/** How all patches of the repository stand, in numbers. One question to the store for each kind of row, however many Ewons there are. */
export async function patchesView(house: House): Promise<PatchesView> {
  const facts = await readFacts(house);
  const { repository, policy } = facts;
  if (!repository) return { repository: null, patches: [], denied: policy.denied };
  const { patchRoot, roles, drafted, lacks, patches } = repository;
  const names = new Set(patches.map(({ path }) => path));
  return {
    repository: { patchRoot, roles, drafted, lacks: lacks.map(lackText) },
    patches: newestFirst(patches).map((patch) => viewOf(patch, facts)),
    denied: policy.denied.filter((path) => !names.has(path)),
  };
}

/** One patch, with each Ewon. Codes: ASPU_NONE, ASPU_PATCH_UNKNOWN. */
export async function patchEwons(
  house: House,
  path: string,
): Promise<Result<PatchView & { readonly ewons: readonly PatchEwonView[] }>> {
  const facts = await readFacts(house);
  if (!facts.repository) return err('ASPU_NONE');
  const patch = facts.repository.patches.find((one) => one.path === path);
  if (!patch) return err('ASPU_PATCH_UNKNOWN', path);
  return ok({ ...viewOf(patch, facts), ewons: rowsOf(patch, facts) });
}

/** Has the policy deny a patch, or deny it no more. The same again is success. Codes: ASPU_PATCH_UNKNOWN, CONFLICT. */
export async function denyPatch(house: House, path: string, wish: 'deny' | 'allow'): Promise<Result<PolicyRecord>> {
  const isDenied = wish === 'deny';
  if (isDenied && !house.aspu.view()?.patches.some((one) => one.path === path)) return err('ASPU_PATCH_UNKNOWN', path);
  const now = await house.store.transact((tx) => presentPolicy(tx, house, house.clock.now()));
  const { denied } = now.settings;
  if (isDenied === denied.includes(path)) return ok(now);
  if (isDenied && denied.length >= DENIED_MAX)
    return err('CONFLICT', `the policy denies ${DENIED_MAX} patches already`);
  return changePolicy(house, (present) => {
    const others = present.denied.filter((one) => one !== path);
    return { denied: isDenied ? [...others, path] : others };
  });
}

type Ewon = PatchedEwon & Pick<EwonRecord, 'deviceId' | 'name' | 'online'>;
type Facts = {
  readonly repository: ReturnType<House['aspu']['view']>;
  readonly policy: PatchPolicy;
  readonly ewons: readonly Ewon[];
  readonly rollouts: ReadonlyMap<string, RolloutRecord>;
};

async function readFacts(house: House): Promise<Facts> {
  const repository = house.aspu.view();
  return house.store.transact(async (tx) => {
    const { remoteManagement, denied, held = [] } = (await tx.policy())?.settings ?? FIRST_POLICY;
    const rollouts = new Map((await tx.rollouts()).map((record) => [record.rollout.path, record]));
    const policy = { remoteManagement, denied, held };
    if (!repository?.patches.length) return { repository, policy, ewons: [], rollouts }; // nobody stands anyhow with none
    const told = new Map((await tx.allRetained('patch')).map(({ deviceId, message }) => [deviceId, message]));
    const ewons = (await tx.ewons({ link: ['linked'] })).map(
      ({ deviceId, name, serial, firmware, agent, online }): Ewon => ({
        ...{ deviceId, name, serial, firmware, agent, online },
        told: told.get(deviceId),
      }),
    );
    return { repository, policy, ewons, rollouts };
  });
}

function viewOf(patch: AspuPatchView, facts: Facts): PatchView {
  const { policy, rollouts } = facts;
  const counts = Object.fromEntries(PATCH_STANDINGS.map((is) => [is, 0])) as Record<PatchStandingIs, number>;
  for (const { is } of rowsOf(patch, facts)) counts[is] += 1;
  const { path } = patch;
  const record = rollouts.get(path);
  return {
    ...patch,
    counts,
    isDenied: policy.denied.includes(path),
    isHeld: policy.held.includes(path),
    rollout: record ? rolloutView(record) : null,
  };
}

function rolloutView({ rollout, startedAt, changedAt }: RolloutRecord): PatchRolloutView {
  const { state, stoppedBy, reached, successPercent, failuresMax, forgiven } = rollout;
  const groups = groupProgressOf(rollout);
  return { state, stoppedBy, reached, successPercent, failuresMax, forgiven, groups, startedAt, changedAt };
}

function rowsOf(patch: AspuPatchView, { repository, policy, ewons, rollouts }: Facts): readonly PatchEwonView[] {
  if (patch.state === 'added') return []; // nobody can know of it
  const listed = repository?.roles.find(({ role }) => role === 'targets')?.version ?? 0;
  const offered: OfferedPatch = { ...patch, meant: parsePatchVersion(patch.custom.version), listed };
  const record = rollouts.get(patch.path);
  const through: ReadonlySet<DeviceId> = record ? letThrough(record.rollout) : new Set();
  return ewons.map((ewon) => {
    const { deviceId, name, online, told } = ewon;
    const standing = patchStandingOf(ewon, offered, policy, through.has(deviceId));
    return {
      ...{ deviceId, name, online, runs: runsOf(ewon, patch.custom) ?? null, toldAt: told?.at ?? null },
      ...standing,
      ...(standing.reason && { why: CODES[standing.reason].text }),
    };
  });
}

function newestFirst(patches: readonly AspuPatchView[]): readonly AspuPatchView[] {
  const versionOf = ({ custom }: AspuPatchView) => parsePatchVersion(custom.version) ?? ([0, 0, 0] as const);
  return patches.toSorted(
    (a, b) =>
      a.custom.kind.localeCompare(b.custom.kind) ||
      comparePatchVersions(versionOf(b), versionOf(a)) ||
      a.path.localeCompare(b.path),
  );
}
