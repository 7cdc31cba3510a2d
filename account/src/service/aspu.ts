import { existsSync } from 'node:fs';
import { type ClockPort, describeFault, type LogPort, sha256Hex } from '@ewon-agent/contracts';
import { refresh } from '../aspu/online.ts';
import { openOnlineKeys } from '../aspu/online-keys.ts';
import { type AspuDesk, alone, aspuShelves, firstRoot } from '../aspu/repository.ts';
import { type AspuView, viewOf } from '../aspu/view.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { type House, transactAndTell } from '../house.ts';
import type { Vault } from '../secrets/vault.ts';
import { reissuePolicy, tellOrders } from './policy.ts';

/** The repository of patches of this server. The command line writes into the same folders, by itself. */
export type Aspu = {
  /** Folder of what devices read. */
  readonly folder: string;
  view(): AspuView | undefined;
  /** The hash by which devices know the repository. */
  patchRoot(): string | undefined;
  /** Signs anew what is signed by this server, when it is time. What goes wrong is logged, and tried again by the next call. */
  refresh(): void;
};

export function createAspu(
  stateDir: string,
  { vault, clock, log }: { readonly vault: Vault; readonly clock: ClockPort; readonly log: LogPort },
): Aspu {
  const shelves = aspuShelves(stateDir);
  const keys = openOnlineKeys(shelves.draft, () => vault);
  const desk = (): AspuDesk => ({ ...shelves, keys, nowMs: clock.now() });
  const patchRoot = () => {
    const first = firstRoot(shelves.tree);
    return first && sha256Hex(first);
  };
  return {
    folder: shelves.tree.folder,
    view: () => viewOf(desk()),
    patchRoot,
    refresh() {
      if (patchRoot() === undefined || !existsSync(shelves.draft.folder)) return;
      try {
        const at = desk();
        const before = shelves.tree.read('timestamp.json');
        const done = alone(at, 0, () => refresh(at));
        if (!done.ok) return log.write('error', 'aspu', 'not signed anew', { cause: describeFault(done.fault) });
        if (Buffer.from(before ?? []).equals(shelves.tree.read('timestamp.json') ?? new Uint8Array())) return;
        log.write('info', 'aspu', 'signed anew', { version: done.value?.timestamp.signed.version });
        for (const role of viewOf(at)?.roles ?? [])
          if (role.expiresSoon)
            log.write('warn', 'aspu', 'must be signed anew by people', { role: role.role, expiresAt: role.expiresAt });
      } catch (cause) {
        // somebody publishes just now, which signs it as well; anything else is told
        if (cause instanceof Error && 'code' in cause && cause.code === 'CONFLICT') return;
        log.write('error', 'aspu', 'not signed anew', { cause: String(cause) });
      }
    },
  };
}

/** Tells every device by what it knows the repository, when that is new. Of several servers those without one tell the same. */
export async function announceAspu(house: House): Promise<void> {
  const patchRoot = house.aspu.patchRoot();
  if (patchRoot === undefined) return;
  const isNew = await transactAndTell(house, async (tx, telling, nowMs) => {
    if ((await tx.patchRoot()) === patchRoot) return false;
    await tx.setPatchRoot(patchRoot);
    await reissuePolicy(tx, house, nowMs);
    const event = LOG_TEXTS.patchRootSet(patchRoot);
    await telling.noteDone(tx, { event });
    telling.tell({ type: 'settings', id: 'policy' });
    return true;
  });
  if (isNew) await tellOrders(house);
}

/** So many patches of one publication are named in the log. */
export const PUBLISHED_NAMED_MAX = 100;

/** Writes into the log what was published and taken back, and tells open pages. */
export async function notePublication(
  house: House,
  { added, revoked }: { readonly added: readonly string[]; readonly revoked: readonly string[] },
): Promise<void> {
  await transactAndTell(house, async (tx, telling) => {
    const event = LOG_TEXTS.patchesPublished(added, revoked);
    if (event !== '') await telling.noteDone(tx, { event });
    telling.tell({ type: 'settings', id: 'aspu' });
  });
}
