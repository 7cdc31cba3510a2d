import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, isCode, ok, type Result } from '@ewon-agent/contracts';
import { createRandomNode } from '../adapters/random-node.ts';
import { keepFile, makeStateDir } from '../adapters/secret-file.ts';
import { openOnlineKeys } from '../aspu/online-keys.ts';
import { type AspuDesk, alone, aspuShelves } from '../aspu/repository.ts';
import { createVault } from '../secrets/vault.ts';

/** Where a repository of patches is. */
export type AspuPlace = {
  readonly state: string;
  /** Keys of the account, where they are not in the state directory. */
  readonly accountKeys?: string;
};

/** Another command is done within this time; more than that is one that hangs. */
const WAIT_MS = 10_000;
const MASTER_KEY = 'master.key';

/** The desk of a place. Nothing is made or opened yet. */
export function deskAt({ state, accountKeys = state }: AspuPlace): AspuDesk {
  const shelves = aspuShelves(state);
  const vault = () => createVault(new Uint8Array(readFileSync(join(accountKeys, MASTER_KEY))), createRandomNode());
  return { ...shelves, keys: openOnlineKeys(shelves.draft, vault), nowMs: Date.now() };
}

/** Makes what a desk needs, as a server does at its first start. */
export async function prepareDesk({ state, accountKeys = state }: AspuPlace): Promise<void> {
  for (const folder of [state, accountKeys, aspuShelves(state).draft.folder]) makeStateDir(folder);
  await keepFile(join(accountKeys, MASTER_KEY), () => createRandomNode().bytes(32));
}

/** Does something at a desk while nobody else does. Codes: ASPU_NONE, CONFLICT, and those of what is done. */
export function atDesk<T>(place: AspuPlace, work: (desk: AspuDesk) => Result<T>): Result<T> {
  const desk = deskAt(place);
  if (!existsSync(desk.draft.folder)) return err('ASPU_NONE', place.state);
  return caught(() => alone(desk, WAIT_MS, () => work(desk)));
}

/** Turns what is thrown into a fault: a code that it has, or what the file system says. */
export function caught<T>(work: () => Result<T>): Result<T> {
  try {
    return work();
  } catch (cause) {
    return faultOfThrown(cause);
  }
}

/** As {@link caught}, of what takes its time. */
export async function caughtLater<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (cause) {
    return faultOfThrown(cause);
  }
}

function faultOfThrown(cause: unknown): Result<never> {
  const text = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && 'code' in cause && isCode(cause.code) ? cause.code : 'ACCOUNT_ERROR';
  return err(code, code === 'CONFLICT' ? `another command is at work on ${text}` : text, cause);
}
