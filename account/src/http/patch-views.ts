import type { DeviceId, Timestamp } from '@ewon-agent/contracts';
import type { AspuPatchView, AspuView } from '../aspu/view.ts';
import type { PatchStanding, PatchStandingIs } from '../core/patch-standing.ts';
import type { RolloutRecord } from '../core/records.ts';
import type { Rollout } from '../core/rollout.ts';
import type { GroupProgress } from '../core/rollout-progress.ts';

// What the admin API answers of patches: the repository, what Ewons told, the policy and rollouts, joined.

/** `GET /api/v1/patches`. */
export type PatchesView = {
  /** Null where there is none. `lacks` in words. */
  readonly repository:
    | (Pick<AspuView, 'patchRoot' | 'roles' | 'drafted'> & { readonly lacks: readonly string[] })
    | null;
  /** By kind, the newest first; what is drafted is among them. */
  readonly patches: readonly PatchView[];
  /** Names that the policy denies and that the repository does not have. */
  readonly denied: readonly string[];
};

/** A patch, and how many Ewons stand how. */
export type PatchView = AspuPatchView & {
  readonly counts: Readonly<Record<PatchStandingIs, number>>;
  readonly isDenied: boolean;
  readonly isHeld: boolean;
  readonly rollout: PatchRolloutView | null;
};

/** A rollout by numbers: of a thousand Ewons a page shows none by its name. */
export type PatchRolloutView = Pick<
  Rollout,
  'state' | 'stoppedBy' | 'reached' | 'successPercent' | 'failuresMax' | 'forgiven'
> &
  Pick<RolloutRecord, 'startedAt' | 'changedAt'> & { readonly groups: readonly GroupProgress[] };

/** `GET /api/v1/patches/:path`: one Ewon of `ewons`. */
export type PatchEwonView = PatchStanding & {
  readonly deviceId: DeviceId;
  readonly name: string;
  readonly online: boolean;
  /** The version that runs, of the kind that the patch is. */
  readonly runs: string | null;
  /** When it told of patches last, by its own clock. */
  readonly toldAt: Timestamp | null;
  /** `reason` in words. */
  readonly why?: string;
};
