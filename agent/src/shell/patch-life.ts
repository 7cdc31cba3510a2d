import { type ClockPort, err, MINUTE_MS, ok, type Result, type WanKind } from '@ewon-agent/contracts';
import { type Orders, policyIn } from '../core/orders.ts';
import type { PatchSwitch } from '../core/patch.ts';
import type { PatchStatus } from '../core/patch-report.ts';
import { patchSwitchOf } from '../core/patch-switch.ts';
import type { Decision, LocalSwitches } from '../core/policy.ts';
import type { Registration } from '../core/registration.ts';
import type { PatchParts, PatchSources, PatchTarget, PatchWatch } from './patch.ts';

export type PatchLifeParts = PatchSources &
  Omit<PatchParts, keyof PatchSources | 'decision' | 'target'> & {
    readonly clock: ClockPort;
    readonly boardSwitches: () => LocalSwitches;
    readonly known: () => {
      readonly registration: Registration;
      readonly orders: Orders;
      readonly device: LocalSwitches;
      /** The link in use; undefined where it is not watched. */
      readonly link: WanKind | undefined;
    };
  };

/** Patches as the wiring holds them, whether there are any or not. */
export type PatchLife = {
  decide(): void;
  announced(): void;
  /** Looks for patches now, also over a way that is paid by volume. Codes: TUF_NO_ROOT, PATCH_OFF. */
  look(): Result<void>;
  /** Codes: PATCH_NONE_WAITING. */
  confirm(): Result<void>;
  /** Installs what waits, whatever the window says. Codes: PATCH_OFF, PATCH_NONE_WAITING, and what it still waits for. */
  install(): Result<void>;
  /** Puts it off. Codes: PATCH_NONE_WAITING, PATCH_DEFER_SPENT. */
  defer(hours: number): Result<void>;
  /** Codes: TUF_NO_ROOT. */
  release(path: string): Result<void>;
  /** Undefined where none were ever looked for. */
  status(remoteManagement: Decision & { readonly why: string }): PatchStatus | undefined;
  stop(): Promise<void>;
};

/** Loads what patches need when the account has some, or had, and is asked what is allowed until then. */
export function createPatchLife(parts: PatchLifeParts): PatchLife {
  const { clock, boardSwitches, known, ...rest } = parts;
  let watch: PatchWatch | undefined;
  let comes: Promise<void> | undefined;
  let isAnnounced = false;

  function decision(): PatchSwitch {
    const { registration, orders, device, link } = known();
    const atMs = clock.now();
    return patchSwitchOf({
      deviceId: registration.at === 'registered' ? registration.link.deviceId : undefined,
      policy: policyIn(orders),
      ...{ device, board: boardSwitches(), link, isRootPinned: parts.isRootPinned, metered: parts.metered },
      ...{ atMs, offsetMs: -new Date(atMs).getTimezoneOffset() * MINUTE_MS },
    });
  }

  function target(): PatchTarget | undefined {
    const { registration, orders } = known();
    if (registration.at !== 'registered') return undefined;
    const { deviceId, account } = registration.link;
    const patchRoot = policyIn(orders)?.patchRoot;
    return { deviceId, url: account.directoryUrl, ca: account.ca, ...(patchRoot !== undefined && { patchRoot }) };
  }

  async function load(): Promise<void> {
    const { startPatch } = await import('./patch.ts');
    watch = startPatch({ ...rest, clock, decision, target });
    if (isAnnounced) watch.announced();
  }

  return {
    decide() {
      if (watch) watch.decide();
      else if (!comes) {
        const { on, hasRoot } = decision();
        if (parts.isUsed || (on && hasRoot)) comes = load();
      }
    },
    announced() {
      isAnnounced = true;
      watch?.announced();
    },
    look() {
      const { on, by } = decision();
      if (!on) return err('PATCH_OFF', by);
      if (!watch) return err('TUF_NO_ROOT');
      watch.look();
      return ok(undefined);
    },
    confirm: () => watch?.confirm() ?? err('PATCH_NONE_WAITING'),
    install() {
      const { on, by } = decision();
      return on ? (watch?.install() ?? err('PATCH_NONE_WAITING')) : err('PATCH_OFF', by);
    },
    defer: (hours) => watch?.defer(hours) ?? err('PATCH_NONE_WAITING'),
    release(path) {
      if (!watch) return err('TUF_NO_ROOT', path);
      watch.release(path);
      return ok(undefined);
    },
    status: (remoteManagement) => watch?.status(remoteManagement),
    async stop() {
      await comes;
      await watch?.stop();
    },
  };
}
