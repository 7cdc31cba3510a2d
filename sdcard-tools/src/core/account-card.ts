import {
  type CardManifest,
  type CardWishes,
  type Code,
  err,
  type Fault,
  type GrkId,
  jsonReader,
  ok,
  type Result,
  T2M_JSON_MAX_BYTES,
} from '@ewon-agent/contracts';
import { judgeCard, type UsableCard } from './card.ts';

// What the admin API of an account answers to who asks for a card, judged before any of it reaches one. No fault
// repeats anything of an answer, because any part of it may be the key.

/** A card as the account made it: T2M.txt, and the signed T2M.json that fits it. */
export type AccountCard = UsableCard & {
  readonly manifest: CardManifest;
  readonly t2mTxt: Uint8Array;
  readonly t2mJson: Uint8Array;
};

/** Which card is asked for. */
export type CardOrder = { readonly grkId: GrkId; readonly note: string; readonly wishes: CardWishes };

/** What is read of a line of `GET /api/v1/grks`: oldest key first. */
export type KeyLine = { readonly id: GrkId; readonly state: string };

/** Reads the list of keys. Codes: ACCOUNT_ERROR. */
export const readKeys = jsonReader<readonly KeyLine[]>(
  {
    type: 'array',
    items: {
      type: 'object',
      properties: { id: { type: 'string', pattern: '^[0-9a-f]{8}$' }, state: { type: 'string' } },
      required: ['id', 'state'],
    },
  },
  'ACCOUNT_ERROR',
);

/** Finds the present key: the youngest active one. Codes: NOT_FOUND. */
export function presentKey(keys: readonly KeyLine[]): Result<GrkId> {
  const youngest = keys.findLast((key) => key.state === 'active');
  return youngest ? ok(youngest.id) : err('NOT_FOUND', 'no active key');
}

/**
 * Reads the files of a card and judges them as an agent would: they must fit each other and what was asked for.
 * Codes: ACCOUNT_ERROR.
 */
export function readAccountCard(body: Uint8Array, order: CardOrder): Result<AccountCard> {
  const answer = readPair(body);
  if (!answer.ok) return answer;
  const t2mTxt = fromBase64(answer.value.t2mTxt);
  const t2mJson = fromBase64(answer.value.t2mJson);
  if (!t2mTxt || !t2mJson) return err('ACCOUNT_ERROR', 'the files are not base64');
  const card = judgeCard({ t2mTxt, t2mJson, otherFiles: [] }, {});
  if (!card.ok) return err('ACCOUNT_ERROR', `its card is refused: ${card.fault.code}`);
  const { manifest, grkId, note } = card.value;
  if (!manifest) throw new Error('this is a bug: a judged T2M.json without manifest');
  if (grkId !== order.grkId) return err('ACCOUNT_ERROR', `its card is for key ${grkId}, asked for ${order.grkId}`);
  if (note !== order.note) return err('ACCOUNT_ERROR', 'its card has another note than the one asked for');
  const { receipt, wipe } = order.wishes;
  if (manifest.receipt !== receipt || manifest.wipe !== wipe) {
    return err('ACCOUNT_ERROR', 'its card asks the Ewon for something else than was asked for');
  }
  return ok({ ...card.value, manifest, t2mTxt, t2mJson });
}

/**
 * Says why the account answered something else than what was asked for.
 * @param body a problem document, or anything. Of its codes only those are taken that fit here.
 */
export function refusalOf(status: number, body: Uint8Array, order?: CardOrder): Fault {
  const detail = order ? `key ${order.grkId}` : '';
  if (status === 401) return err('ADMIN_TOKEN_REFUSED').fault;
  const problem = readProblem(body);
  const code = problem.ok ? REFUSALS.get(problem.value.code) : undefined;
  return err(code ?? 'ACCOUNT_ERROR', code ? detail : `HTTP ${status}`).fault;
}

/** At this door CONFLICT has one reason: the key was renewed. */
const REFUSALS: ReadonlyMap<string, Code> = new Map([
  ['CONFLICT', 'GRK_REVOKED'],
  ['NOT_FOUND', 'NOT_FOUND'],
  ['NOT_PERMITTED', 'NOT_PERMITTED'], // an API token that may something else
]);

const readProblem = jsonReader<{ readonly code: string }>(
  { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] },
  'ACCOUNT_ERROR',
);

const base64 = {
  type: 'string',
  pattern: '^[A-Za-z0-9+/]*={0,2}$',
  maxLength: Math.ceil(T2M_JSON_MAX_BYTES / 3) * 4,
};
const readPair = jsonReader<{ readonly t2mTxt: string; readonly t2mJson: string }>(
  { type: 'object', properties: { t2mTxt: base64, t2mJson: base64 }, required: ['t2mTxt', 't2mJson'] },
  'ACCOUNT_ERROR',
);

/** Reads base64 in its one spelling, undefined for any other. */
function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined;
}
