import {
  type CommandDocument,
  type CommandId,
  type Ed25519Jwk,
  err,
  type Millis,
  ok,
  type Result,
  readCommand,
} from '@ewon-agent/contracts';
import { openFromAccount } from './account-trust.ts';
import { type CommandBook, certainlyAfterMs, commandIn, issuedMs } from './command-book.ts';
import type { Link } from './model.ts';
import { type PolicyState, trustOf } from './policy.ts';

/** What came under the name of a command. */
export type CommandReceived = {
  readonly on: 'CommandReceived';
  readonly deviceId: string;
  readonly id: CommandId;
  readonly payload: Uint8Array;
  readonly atMs: Millis;
};

/** A command that is for us. `again`: it is known already, and comes because the broker keeps it. */
export type LetIn = {
  readonly is: 'new' | 'again' | 'expired';
  readonly command: CommandDocument;
  readonly keys: readonly Ed25519Jwk[];
};

/**
 * Judges what came. Whether it has expired is judged by the clock of the board, or by what the account has signed since,
 * where that is later: a clock that stands at 1970 lets everything pass that the account itself still holds.
 * Codes: COMMAND_UNREADABLE, COMMAND_UNSIGNED, COMMAND_FOREIGN, COMMAND_REPLAYED.
 */
export function judgeCommand(
  { id, payload, atMs }: CommandReceived,
  known: { readonly link: Link; readonly policy: PolicyState; readonly book: CommandBook },
): Result<LetIn> {
  const { link, policy, book } = known;
  const opened = openFromAccount(payload, 'ewon-cmd', trustOf(policy, link));
  if (!opened.ok) {
    const code = opened.fault.code === 'BAD_SIGNATURE' ? 'COMMAND_UNSIGNED' : 'COMMAND_UNREADABLE';
    return err(code, `${id}: ${opened.fault.detail}`);
  }
  const read = readCommand(opened.value.payload);
  if (!read.ok) return err('COMMAND_UNREADABLE', `${id}: ${read.fault.detail}`);
  const command = read.value;
  if (command.accountId !== link.account.id) return err('COMMAND_FOREIGN', `of account ${command.accountId}`);
  if (command.deviceId !== link.deviceId) return err('COMMAND_FOREIGN', `for ${command.deviceId}`);
  if (command.id !== id) return err('COMMAND_FOREIGN', `${command.id} came as ${id}`);
  const { keys } = opened.value;
  const before = commandIn(book, id);
  if (before) {
    const isSame = before.name === command.name && before.issuedAt === command.issuedAt;
    return isSame ? ok({ is: 'again', command, keys }) : err('COMMAND_REPLAYED', `${id} was ${before.name}`);
  }
  if (issuedMs(command) <= book.forgottenUpToMs) return err('COMMAND_REPLAYED', `${id}, issued ${command.issuedAt}`);
  const nowMs = Math.max(atMs, certainlyAfterMs(book, policy.policy?.issuedAt));
  return ok({ is: Date.parse(command.expiresAt) <= nowMs ? 'expired' : 'new', command, keys });
}
