import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { err, ok, type Result } from '@ewon-agent/contracts';
import type { EwonChange } from '../core/records.ts';
import type { BulkLine, CandidateView, EwonPageView, LogPageView } from '../http/list-views.ts';
import type { EwonView, GrkView, LogLineView, RegistrationView } from '../http/views.ts';
import type { Imported } from '../service/ewon-list.ts';
import type { GrkWorth } from '../service/grk-edit.ts';
import type { LogKept } from '../store/lists.ts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault, table } from './answer.ts';
import { EXIT, type ExitStatus, type Form, type Io } from './io.ts';
import { worthText } from './keys.ts';
import { logText } from './log-text.ts';
import { findEwon } from './registrations.ts';
import { ewonsText } from './settings.ts';

type Asked = { readonly io: Io; readonly form: Form; readonly admin: AdminClient };
/** In the place of a file: standard input or output. */
const STREAM = '-';
/** The most that the server answers at once. */
const ROWS_AT_ONCE = 200;

/** `account ewons [--search …]`: so many rows of what is found. */
export async function findEwons(
  { io, form, admin }: Asked,
  query: Readonly<Record<string, string>>,
  limit: number,
): Promise<ExitStatus> {
  const rows: EwonView[] = [];
  let [total, after]: [number, string | null] = [0, ''];
  while (after !== null && rows.length < limit) {
    const page: Result<EwonPageView> = await admin.ask('GET', `ewons?${pageOf(query, limit - rows.length, after)}`);
    if (!page.ok) return sayFault(io, form, page.fault);
    rows.push(...page.value.rows);
    total = page.value.total;
    after = page.value.next;
  }
  return say(io, form, ok({ rows, total }), () =>
    rows.length === 0
      ? 'No Ewon is like that. Search for another word, or leave a filter out.'
      : `${ewonsText(rows)}\n${rows.length} of ${total}`,
  );
}

function pageOf(query: Readonly<Record<string, string>>, left: number, after: string): URLSearchParams {
  return new URLSearchParams({ ...query, limit: String(Math.min(ROWS_AT_ONCE, left)), ...(after && { after }) });
}

/** `account ewon set <ewon>` */
export async function setEwon({ io, form, admin }: Asked, which: string, set: EwonChange): Promise<ExitStatus> {
  const ewon = await findEwon(admin, which);
  const done = ewon.ok ? await admin.ask<EwonView>('PATCH', `ewons/${ewon.value.deviceId}`, set) : ewon;
  return say(io, form, done, ({ name, pool }) => `"${name}" is in pool "${pool}"`);
}

/** `account ewon move|forget <ewons…>`: each is told as it is done. 3 when one of them was refused. */
export async function onMany(
  { io, form, admin }: Asked,
  whichs: readonly string[],
  order: { readonly do: 'move'; readonly pool: string } | { readonly do: 'forget' },
): Promise<ExitStatus> {
  const ewons: string[] = [];
  for (const which of whichs) {
    const ewon = await findEwon(admin, which);
    if (!ewon.ok) return sayFault(io, form, ewon.fault);
    ewons.push(ewon.value.deviceId);
  }
  const answer = await admin.text(order.do === 'forget' ? 'ewons/bulk-forget' : 'ewons/bulk', { ...order, ewons });
  if (!answer.ok) return sayFault(io, form, answer.fault);
  let status: ExitStatus = EXIT.done;
  for await (const line of linesOf(answer.value)) {
    const outcome: BulkLine = JSON.parse(line);
    if (!outcome.ok) status = EXIT.refused;
    if (form === 'json') io.stdout(`${line}\n`);
    else io.stdout(`${outcome.done}/${outcome.of} ${outcomeText(outcome, order.do)}\n`);
  }
  return status;
}

function outcomeText(outcome: BulkLine, order: 'move' | 'forget'): string {
  if (outcome.ok) return `${order === 'move' ? 'moved' : 'removed'} "${outcome.name}"`;
  const { code, title, next } = outcome.problem;
  return `${outcome.id}: ${code}: ${title} ${next}`;
}

async function* linesOf(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const part of parts) {
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** `account ewons export <file>` and `account log export <file>`: written as it comes; never over a file that is there. `-` is standard output. */
export async function saveText({ io, form, admin }: Asked, path: string, file: string): Promise<ExitStatus> {
  const answer = await admin.text(path);
  if (!answer.ok) return sayFault(io, form, answer.fault);
  if (file === STREAM) {
    for await (const part of answer.value) io.stdout(part);
    return EXIT.done; // nothing else is said between the lines
  }
  try {
    await pipeline(Readable.from(answer.value), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'not written';
    return sayFault(io, form, err('TARGET_REFUSED', `${file}: ${why}`, cause).fault);
  }
  const { size: sizeBytes } = statSync(file);
  return say(io, form, ok({ file, sizeBytes }), () => `wrote ${file}, ${sizeBytes} bytes`);
}

/** `account ewons import <file>`, of standard input where that is `-`. 3 when the list has a fault; nothing was changed then. */
export async function importList(
  { io, form, admin }: Asked,
  file: string,
  { isTry }: { readonly isTry: boolean },
): Promise<ExitStatus> {
  const path = isTry ? 'ewons/import?dryRun=1' : 'ewons/import';
  const list = file === STREAM ? ok(Readable.from(io.stdin)) : fileAt(file);
  const done = list.ok ? await admin.upload<Imported>(path, list.value, () => {}, 'text/csv') : list;
  if (!done.ok) return sayFault(io, form, done.fault);
  const { faulty } = done.value;
  say(io, form, done, (told) => importText(told, isTry));
  return faulty > 0 ? EXIT.refused : EXIT.done;
}

function importText({ lines, changed, unchanged, faulty, faults, first }: Imported, isTry: boolean): string {
  if (faulty > 0) {
    const told = faults.map(({ line, column, text }) => `line ${line}${column && `, ${column}`}: ${text}`);
    return [...told, `${faulty} faults in ${lines} lines: nothing was changed`].join('\n');
  }
  const told = isTry ? first.map(({ line, name, changes }) => `line ${line}, ${name}: ${changes.join('; ')}`) : [];
  const more = isTry && changed > first.length ? [`and ${changed - first.length} more`] : [];
  const sum = `${isTry ? 'would change' : 'changed'} ${changed} of ${lines} Ewons, ${unchanged} are like that already`;
  return [...told, ...more, sum].join('\n');
}

function fileAt(file: string): Result<Readable> {
  try {
    statSync(file);
    return ok(createReadStream(file));
  } catch (cause) {
    return err('TARGET_MISSING', file, cause);
  }
}

/** `account log` with a question: so many lines, the newest last unless it is sorted. */
export async function findLines(
  { io, form, admin }: Asked,
  query: Readonly<Record<string, string>>,
  limit: number,
): Promise<ExitStatus> {
  const lines: LogLineView[] = [];
  let after: string | null = '';
  while (after !== null && lines.length < limit) {
    const page: Result<LogPageView> = await admin.ask('GET', `log/lines?${pageOf(query, limit - lines.length, after)}`);
    if (!page.ok) return sayFault(io, form, page.fault);
    lines.push(...page.value.lines);
    after = page.value.next;
  }
  const shown = query['sort'] === undefined ? lines.toReversed() : lines;
  return say(io, form, ok(shown), logText);
}

/** `account log keep [--lines N] [--days N] [--audit-days N]` */
export async function keepLog({ io, form, admin }: Asked, set: Partial<LogKept>): Promise<ExitStatus> {
  const done = await (Object.keys(set).length === 0
    ? admin.ask<LogKept>('GET', 'log/retention')
    : admin.ask<LogKept>('PATCH', 'log/retention', set));
  return say(
    io,
    form,
    done,
    ({ lines, days, auditDays }) =>
      `${lines} lines that Ewons caused${days === null ? '' : `, none older than ${days} days`}\nlines about users and decisions for ${auditDays} days`,
  );
}

/** `account candidates [which]` */
export async function showCandidates({ io, form, admin }: Asked, which: string | undefined): Promise<ExitStatus> {
  const pending = await admin.ask<readonly RegistrationView[]>('GET', 'registrations?state=pending');
  if (!pending.ok) return sayFault(io, form, pending.fault);
  const fits = (r: RegistrationView) =>
    which === undefined || [r.id, r.serial, r.fingerprint].map(String).includes(which);
  const [one, ...others] = pending.value.filter(fits);
  if (!one || others.length > 0)
    return sayFault(
      io,
      form,
      err(one ? 'CONFLICT' : 'NOT_FOUND', `${others.length + (one ? 1 : 0)} Ewons wait like that`).fault,
    );
  return say(
    io,
    form,
    await admin.ask<readonly CandidateView[]>('GET', `registrations/${one.id}/candidates`),
    (found) =>
      found.length === 0
        ? `Nothing tells whose place ${one.serial} takes. "account approve" gives it one of its own.`
        : table(
            ['ewon', 'device id', 'because'],
            found.map(({ ewon, reasons }) => [ewon.name, ewon.deviceId, reasons.map(({ text }) => text).join('; ')]),
          ),
  );
}

/** `account undo-replace <ewon>` */
export async function undoReplace({ io, form, admin }: Asked, which: string): Promise<ExitStatus> {
  type Undone = { readonly back: EwonView; readonly by: EwonView };
  const ewon = await findEwon(admin, which);
  const done = ewon.ok ? await admin.ask<Undone>('POST', `ewons/${ewon.value.deviceId}/undo-replacement`, {}) : ewon;
  return say(
    io,
    form,
    done,
    ({ back, by }) => `"${back.name}" has its place back; ${by.serial} is called "${by.name}"`,
  );
}

type GrkOptions = { readonly pool?: string; readonly note?: string; readonly expires?: string; readonly uses?: string };

/** `account grk add` and, with an id, `account grk set <id>`. "none" takes an end or a number of uses away. */
export async function keepGrk(
  { io, form, admin }: Asked,
  id: string | undefined,
  { expires, uses, ...rest }: GrkOptions,
): Promise<ExitStatus> {
  const body = {
    ...rest,
    ...(expires !== undefined && { expiresAt: expires === 'none' ? null : expires }),
    ...(uses !== undefined && { usesMax: uses === 'none' ? null : Number(uses) }),
  };
  const done = await (id === undefined
    ? admin.ask<GrkView>('POST', 'grks', body)
    : admin.ask<GrkView>('PATCH', `grks/${encodeURIComponent(id)}`, body));
  return say(io, form, done, ({ id: of, pool, usesMax, uses: used, expiresAt }) =>
    [
      `key ${of}, pool "${pool}"`,
      usesMax === null ? 'any number of uses' : `${used} of ${usesMax} uses`,
      expiresAt === null ? 'no end' : `until ${expiresAt}`,
    ].join(', '),
  );
}

/** `account grk revoke <id>`: says what that ends, and does it with `--yes`. */
export async function revokeGrk(
  { io, form, admin }: Asked,
  id: string,
  { isSure }: { readonly isSure: boolean },
): Promise<ExitStatus> {
  const path = `grks/${encodeURIComponent(id)}`;
  if (!isSure)
    return say(io, form, await admin.ask<GrkWorth>('GET', `${path}/worth`), (of) => worthText('Revoking', of));
  const done = await admin.ask<{ readonly voided: number }>('DELETE', path);
  return say(io, form, done, ({ voided }) => `revoked ${id}; ${voided} waiting requests became void`);
}
