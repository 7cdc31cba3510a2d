import { toUtf8 } from '@ewon-agent/contracts';
import type { Root } from '@tufjs/models';
import type { AspuRole } from '../core/aspu-names.ts';
import type { Vault } from '../secrets/vault.ts';
import type { Shelf } from './files.ts';
import { type AspuKey, aspuKeyFrom } from './keys.ts';

/** The keys by which this server signs by itself. Sealed like all its secrets: a copy of the state without `master.key` signs nothing. */
export type OnlineKeys = {
  /** Those of a role, by the word of these roots, that are here. */
  of(role: AspuRole, roots: readonly Root[]): readonly AspuKey[];
  /** Keeps another one. */
  add(made: AspuKey): void;
  /** Forgets those that none of these roots names. */
  keepOnly(roots: readonly Root[]): void;
};

const FILE = 'online-keys.json';

/** @param vault opened when a key is needed, and not before: who signs elsewhere has none */
export function openOnlineKeys(draft: Shelf, vault: () => Vault): OnlineKeys {
  const read = (): readonly string[] => {
    const bytes = draft.read(FILE);
    return bytes ? JSON.parse(Buffer.from(bytes).toString('utf8')).sealed : [];
  };
  const write = (sealed: readonly string[]) => draft.write(FILE, toUtf8(JSON.stringify({ v: 1, sealed })));
  const opened = (sealed: string): AspuKey => aspuKeyFrom(vault().openBytes(sealed));
  const isNamed = ({ key }: AspuKey, role: AspuRole, roots: readonly Root[]) =>
    roots.some(({ roles }) => roles[role]?.keyIDs.includes(key.keyID));
  return {
    of: (role, roots) =>
      read()
        .map(opened)
        .filter((made) => isNamed(made, role, roots)),
    add: (made) => write([...read(), vault().sealBytes(made.secretKey)]),
    keepOnly(roots) {
      const all = read();
      const kept = all.filter((sealed) =>
        (['snapshot', 'timestamp'] as const).some((role) => isNamed(opened(sealed), role, roots)),
      );
      if (kept.length < all.length) write(kept);
    },
  };
}
