import { writeFileSync } from 'node:fs';
import { CODES, err, ok, type Result } from '@ewon-agent/contracts';
import type { GrkTerms } from '../core/grk-terms.ts';
import type { GrkView } from '../http/views.ts';
import type { GrkWorth } from '../service/grk-edit.ts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';

/** A key file is one line; more is not read. */
const KEY_INPUT_MAX_CHARACTERS = 4096;

/** `account grk show [id]`: the keys by id; with `--key` the key itself. */
export async function showKeys(
  io: Io,
  form: Form,
  admin: AdminClient,
  open: { readonly id?: string } | undefined,
): Promise<ExitStatus> {
  if (open) {
    const id = await idOrOnly(admin, open.id);
    const key = id.ok ? await admin.ask<{ readonly key: string }>('GET', `grks/${id.value}/key`) : id;
    return say(io, form, key, (shown) => shown.key);
  }
  return say(io, form, await keysOf(admin), (keys) =>
    table(
      ['key id', 'state', 'origin', 'pool', 'waiting', 'made', 'expires', 'note'],
      keys.map((k) => [k.id, k.state, k.origin, k.pool, String(k.pending), k.createdAt, k.expiresAt ?? '-', k.note]),
    ),
  );
}

/** `account grk renew [id]`: says what that ends and what the new key will be, and does it with `--yes`. */
export async function renewKey(
  io: Io,
  form: Form,
  admin: AdminClient,
  { id, isSure }: { readonly id?: string; readonly isSure: boolean },
): Promise<ExitStatus> {
  type Renewed = GrkView & { readonly revoked: string; readonly voided: number };
  const old = id === undefined ? await onlyActive(admin) : ok(encodeURIComponent(id));
  if (!old.ok) return sayFault(io, form, old.fault);
  if (!isSure) {
    const worth = await admin.ask<GrkWorth>('GET', `grks/${old.value}/worth`);
    return say(io, form, worth, (of) => worthText('Renewing', of, `The new key: ${termsText(of.renewed)}.`));
  }
  const done = await admin.ask<Renewed>('POST', 'grks/renew', { grkId: id ?? old.value });
  return say(
    io,
    form,
    done,
    (k) => `revoked ${k.revoked}, made ${k.id}: ${termsText(k)}; ${k.voided} waiting requests became void`,
  );
}

/** What ends with a key. @param doing what is done to it @param then what follows */
export function worthText(
  doing: 'Revoking' | 'Renewing',
  { grkId, waiting, cards, ewons }: GrkWorth,
  then = '',
): string {
  return [
    `${doing} ${grkId} makes ${waiting} waiting requests void, and the cards written with it worthless: ${cards} were exported.`,
    `${ewons} Ewons that came with it stay linked. ${then}${then && ' '}Add --yes to do it. ${CODES.GRK_REVOKED.next}`,
  ].join('\n');
}

function termsText({ usesMax, expiresAt }: GrkTerms): string {
  const uses = usesMax === null ? 'any number of uses' : `${usesMax} uses, counted anew`;
  return `${uses}, ${expiresAt === null ? 'no end' : `until ${expiresAt}`}`;
}

/** `account grk import -`: the key comes by standard input, because everybody can see arguments. */
export async function importKey(
  io: Io,
  form: Form,
  admin: AdminClient,
  how: { readonly note: string; readonly expires?: string },
): Promise<ExitStatus> {
  let text = '';
  for await (const part of io.stdin) {
    text += Buffer.from(part).toString('utf8');
    if (text.length > KEY_INPUT_MAX_CHARACTERS) break;
  }
  const key = /^(?:T2MKey:)?(\S+)\s*$/.exec(text.replace(/^\ufeff/, ''))?.[1] ?? '';
  const body = { key, note: how.note, ...(how.expires !== undefined && { expiresAt: how.expires }) };
  return say(io, form, await admin.ask<GrkView>('POST', 'grks/import', body), (k) => `imported ${k.id}`);
}

/** `account grk export FILE` */
export async function exportKey(
  io: Io,
  form: Form,
  admin: AdminClient,
  order: {
    readonly file: string;
    readonly id?: string;
    readonly form: 'txt' | 'image';
    readonly note: string;
    readonly receipt?: true;
    readonly wipe?: true;
  },
): Promise<ExitStatus> {
  const id = await idOrOnly(admin, order.id);
  const query = new URLSearchParams({
    ...{ form: order.form, note: order.note },
    ...(order.receipt && { receipt: '1' }),
    ...(order.wipe && { wipe: '1' }),
  });
  const made = id.ok ? await admin.bytes(`grks/${id.value}/export?${query}`) : id;
  const written = made.ok ? writeNew(order.file, made.value) : made;
  return say(io, form, written, ({ file, sizeBytes }) => `wrote ${file}, ${sizeBytes} bytes`);
}

function keysOf(admin: AdminClient): Promise<Result<readonly GrkView[]>> {
  return admin.ask('GET', 'grks');
}

/** The id given, or that of the youngest active key. */
async function idOrOnly(admin: AdminClient, id: string | undefined): Promise<Result<string>> {
  if (id !== undefined) return ok(encodeURIComponent(id));
  const keys = await keysOf(admin);
  if (!keys.ok) return keys;
  const youngest = keys.value.findLast((key) => key.state === 'active');
  return youngest ? ok(youngest.id) : err('NOT_FOUND', 'no active key');
}

/** The id of the active key, if there is one only: which cards lose their worth is not guessed. */
async function onlyActive(admin: AdminClient): Promise<Result<string>> {
  const keys = await keysOf(admin);
  if (!keys.ok) return keys;
  const [only, ...others] = keys.value.filter(({ state }) => state === 'active').map(({ id }) => id);
  if (only === undefined) return err('NOT_FOUND', 'no active key');
  return others.length === 0
    ? ok(only)
    : err('CONFLICT', `several keys are active, name one: ${[only, ...others].join(', ')}`);
}

function writeNew(file: string, bytes: Uint8Array): Result<{ readonly file: string; readonly sizeBytes: number }> {
  try {
    // never over a file that is there: it may be the only copy of another key
    writeFileSync(file, bytes, { mode: 0o600, flag: 'wx' });
    return ok({ file, sizeBytes: bytes.length });
  } catch (cause) {
    return err(
      'TARGET_REFUSED',
      `${file}: ${cause instanceof Error && 'code' in cause ? cause.code : 'not written'}`,
      cause,
    );
  }
}
