import { type CardWishes, err, type Grk, type GrkId, ok, parseGrkId, type Result } from '@ewon-agent/contracts';
import { fetchAccountCard } from '../adapters/account-cards.ts';
import { findAccountDoor } from '../adapters/account-door.ts';
import type { AccountCard } from '../core/account-card.ts';
import type { Io } from './io.ts';
import { readKeyFile } from './key-file.ts';

/** Where the key comes from. An account signs as well. */
export type KeySource =
  | { readonly from: 'file'; readonly keyFile: string }
  | {
      readonly from: 'account';
      readonly account: string;
      readonly tokenFile?: string;
      readonly caFile?: string;
      readonly keyId?: GrkId;
      readonly wishes: CardWishes;
    };

/** The options that say where a key comes from, as they were typed. */
export type KeyOptions = {
  readonly keyFile?: string;
  readonly account?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly keyId?: string;
  readonly receipt?: true;
  readonly wipe?: true;
};

/** Reads where the key is to come from out of the options; that those of one source stand alone was checked before. Codes: USAGE. */
export function keySourceOf(options: KeyOptions): Result<KeySource> {
  const { keyFile, account, tokenFile, ca } = options;
  if (keyFile !== undefined) return ok({ from: 'file', keyFile });
  if (account === undefined) return err('USAGE', 'export needs --key-file or --account');
  const keyId = options.keyId === undefined ? undefined : parseGrkId(options.keyId);
  if (keyId?.ok === false) return err('USAGE', '--key-id is 8 digits 0-9 a-f, as "account grk show" lists them');
  return ok({
    from: 'account',
    account,
    ...(tokenFile !== undefined && { tokenFile }),
    ...(ca !== undefined && { caFile: ca }),
    ...(keyId && { keyId: keyId.value }),
    wishes: { receipt: options.receipt ?? false, wipe: options.wipe ?? false },
  });
}

/** A key with its note, or the card that an account made and signed of both. */
export type Taken = { readonly grk: Grk; readonly note: string } | AccountCard;

/** Takes a key from where it is to come from, and tells on stderr whom it asks. Codes: those of the key file or of the account. */
export async function takeKey(io: Io, source: KeySource, note: string): Promise<Result<Taken>> {
  if (source.from === 'file') {
    const grk = await readKeyFile(source.keyFile, io.stdin);
    return grk.ok ? ok({ grk: grk.value, note }) : grk;
  }
  const { account, keyId, wishes } = source;
  const door = await findAccountDoor(account, source);
  if (!door.ok) return door;
  io.stderr(`asking the account server at ${door.value.adminUrl} for a card\n`);
  return fetchAccountCard(door.value, { note, wishes, ...(keyId !== undefined && { keyId }) });
}
