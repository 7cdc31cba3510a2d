import {
  type Code,
  comparePatchVersions,
  type DeviceId,
  type PatchKind,
  type PatchMessage,
  parsePatchVersion,
} from '@ewon-agent/contracts';

// A patch reaches the Ewons of an account in groups: the next one is told when enough of the last have it, and nobody is told
// any more when too many fail.
//
//              enough of the last group            Resume
//   running ─────────────────────────▶ done    stopped ──▶ running
//      │  enough of a group: the next one is told  ▲
//      └───────── too many failed, or Stop ────────┘
//
// running   the policy holds the patch, so an Ewon installs it when it is told to, and those up to the group `reached` are
// stopped   the policy denies the patch, so that Ewons that were told and have not begun do not begin
// done      the policy names it no more: who comes later takes it by itself

/**
 * How one Ewon stands: `waiting` nobody told it · `told` · `installed` · `failed`, its `reason` says why · `passed` it is not for
 * this Ewon, or the Ewon is gone.
 */
export type RolloutStanding = {
  readonly is: 'waiting' | 'told' | 'installed' | 'failed' | 'passed';
  readonly reason?: string;
};

export type Rollout = {
  /** The patch, by its name in the repository. */
  readonly path: string;
  readonly kind: PatchKind;
  readonly version: string;
  /** Each Ewon is in one of them. */
  readonly groups: readonly (readonly DeviceId[])[];
  /** Index of the last group that was told. */
  readonly reached: number;
  readonly state: 'running' | 'stopped' | 'done';
  /** Who stopped it. */
  readonly stoppedBy: 'person' | 'failures' | null;
  /** How many of a group, in percent, must have it before the next group is told. Those it is not for do not count. */
  readonly successPercent: number;
  /** So many may fail; one more stops it. */
  readonly failuresMax: number;
  /** Failures before somebody resumed it. */
  readonly forgiven: number;
  readonly standing: Readonly<Record<DeviceId, RolloutStanding>>;
};

export type RolloutEvent =
  | { readonly on: 'Begun' | 'Stop' | 'Resume' }
  | { readonly on: 'Heard'; readonly deviceId: DeviceId; readonly standing: RolloutStanding }
  /** It was told, and the order came to its end before the Ewon took it. */
  | { readonly on: 'Unanswered'; readonly deviceId: DeviceId }
  | { readonly on: 'Gone'; readonly deviceId: DeviceId };

export type RolloutEffect =
  | { readonly do: 'tell'; readonly deviceId: DeviceId }
  | { readonly do: 'note'; readonly code: Code };

/** Decides what follows. An event that does not fit changes nothing. */
export function rolloutTransition(rollout: Rollout, event: RolloutEvent): readonly [Rollout, readonly RolloutEffect[]] {
  switch (event.on) {
    case 'Begun':
      return onward(rollout);
    case 'Stop':
      if (rollout.state !== 'running') return [rollout, []];
      return stopped(rollout, 'person');
    case 'Resume':
      if (rollout.state !== 'stopped') return [rollout, []];
      return onward({ ...rollout, state: 'running', stoppedBy: null, forgiven: countOf(rollout, 'failed') });
    case 'Heard':
      return onward(standing(rollout, event.deviceId, event.standing));
    case 'Unanswered':
      if (rollout.standing[event.deviceId]?.is !== 'told') return [rollout, []];
      return onward(standing(rollout, event.deviceId, { is: 'waiting' }));
    case 'Gone':
      if (rollout.standing[event.deviceId]?.is === 'installed') return [rollout, []];
      return onward(standing(rollout, event.deviceId, { is: 'passed', reason: 'UNLINKED' }));
  }
}

function standing(rollout: Rollout, deviceId: DeviceId, now: RolloutStanding): Rollout {
  if (!rollout.standing[deviceId]) return rollout;
  return { ...rollout, standing: { ...rollout.standing, [deviceId]: now } };
}

function onward(before: Rollout): readonly [Rollout, readonly RolloutEffect[]] {
  let rollout = before;
  const effects: RolloutEffect[] = [];
  while (rollout.state === 'running') {
    if (countOf(rollout, 'failed') - rollout.forgiven > rollout.failuresMax) {
      const [end, said] = stopped(rollout, 'failures');
      return [end, said]; // who would have been told in this step is not
    }
    for (const deviceId of rollout.groups.slice(0, rollout.reached + 1).flat()) {
      if (rollout.standing[deviceId]?.is !== 'waiting') continue;
      rollout = standing(rollout, deviceId, { is: 'told' });
      effects.push({ do: 'tell', deviceId });
    }
    if (!isEnough(rollout)) break;
    const isLast = rollout.reached >= rollout.groups.length - 1;
    rollout = isLast ? { ...rollout, state: 'done' } : { ...rollout, reached: rollout.reached + 1 };
    effects.push({ do: 'note', code: isLast ? 'ASPU_ROLLOUT_DONE' : 'ASPU_ROLLOUT_STEP' });
  }
  return [rollout, effects];
}

function stopped(rollout: Rollout, stoppedBy: 'person' | 'failures'): readonly [Rollout, readonly RolloutEffect[]] {
  const effects: readonly RolloutEffect[] =
    stoppedBy === 'failures' ? [{ do: 'note', code: 'ASPU_ROLLOUT_STOPPED' }] : [];
  return [{ ...rollout, state: 'stopped', stoppedBy }, effects];
}

/** Tells whether enough Ewons of the last group that was told have it. */
function isEnough({ groups, reached, standing: all, successPercent }: Rollout): boolean {
  const counted = (groups[reached] ?? []).filter((deviceId) => all[deviceId]?.is !== 'passed');
  const installed = counted.filter((deviceId) => all[deviceId]?.is === 'installed').length;
  return installed * 100 >= counted.length * successPercent;
}

/** How many Ewons stand so. */
export function countOf(rollout: Rollout, is: RolloutStanding['is']): number {
  return Object.values(rollout.standing).filter((one) => one.is === is).length;
}

/** Begins one that nobody was told of yet. No group is empty. */
export function newRollout(
  of: Pick<Rollout, 'path' | 'kind' | 'version' | 'groups' | 'successPercent' | 'failuresMax'>,
): Rollout {
  const waiting = of.groups.flat().map((deviceId) => [deviceId, { is: 'waiting' }] as const);
  const standing = Object.fromEntries(waiting) as Rollout['standing'];
  return { ...of, reached: 0, state: 'running', stoppedBy: null, forgiven: 0, standing };
}

/** Reasons that say that a patch is for others. */
const NOT_FOR_IT: readonly string[] = ['PATCH_WRONG_PRODUCT', 'PATCH_NOT_FROM_HERE', 'PATCH_NOT_SUPPORTED'];

/** What an Ewon tells of a patch; undefined when it tells nothing of it that is an end. */
export function standingTold(
  told: PatchMessage,
  { path, kind, version }: Pick<Rollout, 'path' | 'kind' | 'version'>,
): RolloutStanding | undefined {
  const runs = parsePatchVersion((kind === 'agent' ? told.agent : told.firmware) ?? '');
  const meant = parsePatchVersion(version);
  if (runs && meant && comparePatchVersions(runs, meant) >= 0) return { is: 'installed' };
  if (told.patch?.path !== path) return undefined;
  const reason = told.reason === undefined ? {} : { reason: told.reason };
  if (told.state === 'failed') return { is: 'failed', ...reason };
  if (told.state === 'installed') return { is: 'installed' };
  return told.reason !== undefined && NOT_FOR_IT.includes(told.reason) ? { is: 'passed', ...reason } : undefined;
}

/**
 * Puts Ewons into groups: those that are named come first, by themselves. The others follow in the order given.
 * @param percents ascending, the last is 100: how many of all have been told with each further group
 */
export function groupsOf(
  ewons: readonly DeviceId[],
  { first, percents }: { readonly first: readonly DeviceId[]; readonly percents: readonly number[] },
): Rollout['groups'] {
  const others = ewons.filter((deviceId) => !first.includes(deviceId));
  let taken = 0;
  const groups = percents.map((percent) => {
    const until = Math.ceil((others.length * percent) / 100);
    const group = others.slice(taken, until);
    taken = Math.max(taken, until);
    return group;
  });
  return [first, ...groups].filter((group) => group.length > 0);
}
