import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type CardFiles,
  err,
  ok,
  parseSlotId,
  type Result,
  T2M_JSON_MAX_BYTES,
  T2M_TXT_MAX_BYTES,
  toBase64url,
} from '@ewon-agent/contracts';
import { askControl } from '../adapters/control-socket.ts';
import { openDeviceKey } from '../adapters/device-key-file.ts';
import { createNodeRandom } from '../adapters/random-node.ts';
import type { AgentConfig } from '../config/schema.ts';
import { offerFrom } from '../core/card-offer.ts';
import { documentOf, readDocument } from '../core/document.ts';
import type { SavedRequest } from '../core/model.ts';
import { transition } from '../core/registration.ts';
import { cardPolicyOf } from './card-policy.ts';
import { openState } from './open-state.ts';
import { controlPath, storePath } from './places.ts';

/**
 * Moves this Ewon to the account of a registration file: the present account is told good-bye, then the other is asked.
 * Where the agent does not run, the order is saved and carried out at its next start.
 * @param t2mFile path of `T2M.txt`; `T2M.json` is read beside it, as on a card
 * Codes: those of a card, CONFIG_INVALID, DEVICE_KEY_BAD, AGENT_NOT_RUNNING, AGENT_NOT_YOURS, AGENT_RUNNING_ALREADY,
 * STATE_DAMAGED, STATE_UNWRITABLE.
 */
export async function moveAccount(config: AgentConfig, t2mFile: string): Promise<Result<'ordered' | 'saved'>> {
  const request = await requestFrom(config, t2mFile);
  if (!request.ok) return request;
  const asked = await askControl(controlPath(config.stateDir), { move: request.value });
  if (asked.ok) return ok('ordered');
  if (asked.fault.code !== 'AGENT_NOT_RUNNING' || !existsSync(storePath(config.stateDir))) return asked;
  const opened = openState(config.stateDir);
  if (!opened.ok) return opened;
  const { store, close } = opened.value;
  try {
    const loaded = store.load();
    const read = loaded.ok ? readDocument(loaded.value) : loaded;
    if (!read.ok) return read;
    const [registration] = transition(read.value.registration, { on: 'MoveOrdered', request: request.value });
    const saved = store.save(documentOf({ ...read.value, registration }));
    return saved.ok ? ok('saved') : saved;
  } finally {
    close();
  }
}

async function requestFrom(config: AgentConfig, t2mFile: string): Promise<Result<SavedRequest>> {
  const policy = cardPolicyOf(config);
  if (!policy.ok) return policy;
  const files = filesAt(t2mFile);
  if (!files.ok) return files;
  if (!existsSync(join(config.stateDir, 'device-key.json'))) return err('AGENT_NOT_RUNNING', 'it has never run here');
  const key = await openDeviceKey(config.stateDir).then(ok, (cause) => err('DEVICE_KEY_BAD', String(cause.message)));
  if (!key.ok) return key;
  const slot = parseSlotId(Object.keys(config.slots)[0] ?? 'sd0');
  if (!slot.ok) return slot;
  const requestId = toBase64url(createNodeRandom().bytes(16));
  const offer = offerFrom(files.value, {
    slot: slot.value,
    requestId,
    device: key.value.device,
    policy: policy.value,
  });
  return offer.ok ? ok(offer.value.request) : offer;
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
