import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CardFiles, CONSOLE_SLOT, err, ok, parseGrk, type Result, toBase64url } from '@ewon-agent/contracts';
import { formatT2mTxt } from '@ewon-agent/sdcard-tools/core/t2m-txt';
import { askControl } from '../adapters/control-socket.ts';
import { openDeviceKey } from '../adapters/device-key-file.ts';
import { createNodeRandom } from '../adapters/random-node.ts';
import type { AgentConfig } from '../config/schema.ts';
import { offerFrom } from '../core/card-offer.ts';
import { documentOf, readDocument } from '../core/document.ts';
import type { Device, SavedRequest } from '../core/model.ts';
import { transition, whyOfferIsRefused } from '../core/registration.ts';
import { cardPolicyOf } from './card-policy.ts';
import { openState } from './open-state.ts';
import { controlPath, storePath } from './places.ts';

/** `join`: only an Ewon without an account. `move`: the present account is told good-bye first. */
export type How = 'join' | 'move';
/** Ordered of the agent that runs, or saved for its next start. */
export type Joined = 'ordered' | 'saved';

/** What is told of it. */
export const JOINED: Readonly<Record<How, Readonly<Record<Joined, string>>>> = {
  join: {
    ordered: 'The account is being asked; see "show registration".',
    saved: 'Saved: the account is asked when the agent runs next.',
  },
  move: {
    ordered: 'The Ewon leaves its account and asks the other one; see "show registration".',
    saved: 'Saved: it is carried out when the agent runs next.',
  },
};

/**
 * Asks the account of the configuration with a key, as a card with it would.
 * Codes: REGISTER_KEY_BAD, and those of {@link joinBy}.
 */
export async function registerBy(config: AgentConfig, key: string, how: How): Promise<Result<Joined>> {
  const grk = parseGrk(key.trim().replace(/^T2MKey:\s*/, ''));
  if (!grk.ok) return err('REGISTER_KEY_BAD', grk.fault.detail);
  const t2mTxt = formatT2mTxt({ grk: grk.value });
  return t2mTxt.ok ? joinBy(config, { t2mTxt: t2mTxt.value, otherFiles: [] }, how) : t2mTxt;
}

/**
 * Does what a card with these files would have caused, as told by a person at the console. Nothing of the key is kept.
 * Codes: those of a card, REGISTER_LINKED, CARD_ALREADY_PENDING, CONFIG_INVALID, DEVICE_KEY_BAD, AGENT_NOT_RUNNING,
 * AGENT_NOT_YOURS, AGENT_RUNNING_ALREADY, STATE_DAMAGED, STATE_UNWRITABLE.
 */
export async function joinBy(config: AgentConfig, files: CardFiles, how: How): Promise<Result<Joined>> {
  const request = await requestFrom(config, files);
  if (!request.ok) return request;
  const order = how === 'move' ? { move: request.value } : { register: request.value };
  const asked = await askControl(controlPath(config.stateDir), order);
  if (asked.ok) return isRefused(asked.value) ? asked.value : ok('ordered');
  if (asked.fault.code !== 'AGENT_NOT_RUNNING' || !existsSync(storePath(config.stateDir))) return asked;
  const opened = openState(config.stateDir);
  if (!opened.ok) return opened;
  const { store, close } = opened.value;
  try {
    const loaded = store.load();
    const read = loaded.ok ? readDocument(loaded.value) : loaded;
    if (!read.ok) return read;
    const fault = how === 'join' ? whyOfferIsRefused(read.value.registration, request.value) : undefined;
    if (fault) return { ok: false, fault };
    const on = how === 'move' ? 'MoveOrdered' : 'CardOffered';
    const [registration] = transition(read.value.registration, { on, request: request.value });
    const saved = store.save(documentOf({ ...read.value, registration }));
    return saved.ok ? ok('saved') : saved;
  } finally {
    close();
  }
}

/** The device as it was made at its first start. Codes: AGENT_NOT_RUNNING (it was not yet), DEVICE_KEY_BAD. */
export async function deviceIn(stateDir: string): Promise<Result<Device>> {
  if (!existsSync(join(stateDir, 'device-key.json'))) return err('AGENT_NOT_RUNNING', 'it has never run here');
  return openDeviceKey(stateDir).then(
    ({ device }) => ok(device),
    (cause) => err('DEVICE_KEY_BAD', String(cause.message)),
  );
}

export function newRequestId(): string {
  return toBase64url(createNodeRandom().bytes(16));
}

async function requestFrom(config: AgentConfig, files: CardFiles): Promise<Result<SavedRequest>> {
  const policy = cardPolicyOf(config);
  if (!policy.ok) return policy;
  const device = await deviceIn(config.stateDir);
  if (!device.ok) return device;
  const from = { slot: CONSOLE_SLOT, requestId: newRequestId(), device: device.value, policy: policy.value };
  const offer = offerFrom(files, from);
  return offer.ok ? ok(offer.value.request) : offer;
}

/** What the agent answers beside the faults of the socket itself. */
export function isRefused(answer: unknown): answer is Result<never> & { readonly ok: false } {
  return typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === false;
}
