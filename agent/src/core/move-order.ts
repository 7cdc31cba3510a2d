import { type CommandId, err, ok, type Result, readMoveArguments, toBase64url, toUtf8 } from '@ewon-agent/contracts';
import type { Command } from './command-book.ts';
import type { SavedMove } from './model.ts';

/**
 * Reads what the command `move` orders as it is saved before the other account is asked. Its request has the id of the
 * command, so that the same command never asks under two ids.
 * Codes: BAD_REQUEST.
 */
export function savedMoveOf(command: Pick<Command, 'id' | 'arguments' | 'expiresAt'>): Result<SavedMove> {
  const { id, expiresAt } = command;
  const read = readMoveArguments(toUtf8(JSON.stringify(command.arguments)));
  if (!read.ok) return read;
  const { move, directoryUrl, ca, accountId, accountName, accountKey } = read.value;
  // the schema knows `https://` only
  if (!URL.canParse(directoryUrl)) return err('BAD_REQUEST', '/directoryUrl: is not a URL');
  const account = { directoryUrl, ca, id: accountId, name: accountName };
  return ok({ requestId: requestIdOf(id), move, account, accountKey, command: id, expiresAt });
}

/** The first 128 of the 130 bits of a command's id, as a request's id is written. */
function requestIdOf(id: CommandId): string {
  let bits = 0n;
  for (const letter of id.slice('c_'.length))
    bits = (bits << 5n) | BigInt('abcdefghijklmnopqrstuvwxyz234567'.indexOf(letter));
  const bytes = Array.from({ length: 16 }, (_, i) => Number((bits >> BigInt(122 - 8 * i)) & 255n));
  return toBase64url(Uint8Array.from(bytes));
}
