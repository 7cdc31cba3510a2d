import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CardFiles, err, ok, type Result, T2M_JSON_MAX_BYTES, T2M_TXT_MAX_BYTES } from '@ewon-agent/contracts';
import type { AgentConfig } from '../config/schema.ts';
import { type Joined, joinBy } from './register.ts';

/**
 * Moves this Ewon to the account of a registration file: the present account is told good-bye, then the other is asked.
 * Where the agent does not run, the order is saved and carried out at its next start.
 * @param t2mFile path of `T2M.txt`; `T2M.json` is read beside it, as on a card
 * Codes: those of {@link joinBy}, CARD_TOO_LARGE, CARD_UNREADABLE.
 */
export async function moveAccount(config: AgentConfig, t2mFile: string): Promise<Result<Joined>> {
  const files = filesAt(t2mFile);
  return files.ok ? joinBy(config, files.value, 'move') : files;
}

function filesAt(t2mFile: string): Result<CardFiles> {
  const beside = join(dirname(t2mFile), 'T2M.json');
  try {
    const t2mTxt = readFileSync(t2mFile);
    const t2mJson = existsSync(beside) ? readFileSync(beside) : undefined;
    if (t2mTxt.length > T2M_TXT_MAX_BYTES) return err('CARD_TOO_LARGE', t2mFile);
    if (t2mJson && t2mJson.length > T2M_JSON_MAX_BYTES) return err('CARD_TOO_LARGE', beside);
    return ok({ t2mTxt, ...(t2mJson ? { t2mJson } : {}), otherFiles: [] });
  } catch (cause) {
    return err('CARD_UNREADABLE', t2mFile, cause);
  }
}
