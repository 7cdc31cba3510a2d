import { readFile } from 'node:fs/promises';
import { err, type Millis, ok, printable, type Result, SECOND_MS } from '@ewon-agent/contracts';
import type { ImportedEwonView, ImportSummary, ImportView } from '../http/imports/admin-imports.ts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';
import { readPassword } from './users.ts';

export type ImportOrder = {
  readonly from: string;
  readonly user: string;
  readonly pool?: string;
  readonly newPool?: string;
  readonly ca?: string;
  /** Of Ewons, by name or serial in the source; all that can move unless told. */
  readonly only?: readonly string[];
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly waitSeconds: number;
};
/** Lets time pass, and keeps the command running meanwhile: timers of the clock do not. */
export type Pause = (ms: Millis) => Promise<unknown>;
type Doing = { readonly io: Io; readonly form: Form; readonly admin: AdminClient };

/** The server asks the other account as often. */
const LOOK_AGAIN_MS = 2 * SECOND_MS;

/** `account import-ewons`: lists, and starts what was confirmed by `--yes`; says how it goes on for a while. */
export async function importEwons(doing: Doing, order: ImportOrder, pause: Pause): Promise<ExitStatus> {
  const { io, form, admin } = doing;
  const ca = order.ca === undefined ? ok(undefined) : await readCa(order.ca);
  if (!ca.ok) return sayFault(io, form, ca.fault);
  const password = await readPassword(io, `Password of ${order.user} in the other account: `);
  if (!password.ok) return sayFault(io, form, password.fault);
  const { from: url, user: login } = order;
  const claim = { url, login, password: password.value, ...(ca.value !== undefined && { ca: ca.value }) };
  const opened = await admin.ask<ImportView>('POST', 'imports', claim);
  if (!opened.ok) return sayFault(io, form, opened.fault);
  const { id, ewons } = opened.value;
  const chosen = chosenOf(ewons, order.only);
  if (order.dryRun || !order.yes || !chosen.ok) {
    await admin.ask('POST', `imports/${id}/end`); // what the other account gave is given back
    if (!chosen.ok) return sayFault(io, form, chosen.fault);
    const shown = { ...opened.value, ewons: chosen.value };
    return say(io, form, ok(shown), (view) => `${listText(view)}\n${order.dryRun ? 'Nothing was done.' : NOT_YET}`);
  }
  const pool = order.newPool ?? order.pool ?? (await poolOf(admin));
  const start = {
    ...{ pool, ewons: chosen.value.map(({ key, name }) => ({ key, name })) },
    ...(order.newPool !== undefined && { newPool: true }),
  };
  const started = await admin.ask<ImportView>('POST', `imports/${id}/start`, start);
  if (!started.ok) {
    // where the answer was lost it may run
    if (started.fault.code !== 'ACCOUNT_NOT_RUNNING') await admin.ask('POST', `imports/${id}/end`);
    return sayFault(io, form, started.fault);
  }
  return say(io, form, await followed(doing, started.value, order.waitSeconds, pause), importText);
}

const NOT_YET = [
  'Nothing was done yet. It cannot be undone, each Ewon disconnects for a moment while it moves, and users, pools and',
  'permissions of the other account do not come. The same again with --yes moves them.',
].join('\n');

/** `account imports` */
export async function showImports({ io, form, admin }: Doing): Promise<ExitStatus> {
  return say(io, form, await admin.ask<readonly ImportSummary[]>('GET', 'imports'), (imports) =>
    imports.length === 0
      ? 'Nothing was imported yet: account import-ewons --from URL --user LOGIN'
      : table(
          ['id', 'from', 'pool', 'state', 'moved', 'waiting', 'not moved', 'started'],
          imports.map(({ id, source, pool, state, counts, startedAt }) => [
            ...[id, source.name, pool, state, String(counts.moved), String(counts.waiting)],
            ...[String(counts.failed + counts.stayed), startedAt ?? '-'],
          ]),
        ),
  );
}

/** `account imports show ID`, `account imports end ID` */
export async function orderImport(
  { io, form, admin }: Doing,
  { id, order }: { readonly id: string; readonly order: 'show' | 'end' },
): Promise<ExitStatus> {
  const path = `imports/${encodeURIComponent(id)}`;
  const done = await (order === 'show'
    ? admin.ask<ImportView>('GET', path)
    : admin.ask<ImportView>('POST', `${path}/end`));
  return say(io, form, done, importText);
}

function importText(view: ImportView): string {
  const { ewons, source, pool, state, counts, trouble, id } = view;
  const word = ({ state: is, isOrdered }: ImportedEwonView) =>
    is === 'waiting' && isOrdered ? 'waiting for the Ewon' : is;
  const rows = ewons.map((ewon) => [ewon.name, ewon.serial, word(ewon), ewon.reason ?? '-']);
  return [
    `import ${id} from ${source.name} into pool ${pool}: ${state}, ${counts.moved} of ${ewons.length} moved`,
    table(['Ewon', 'serial', 'state', 'reason'], rows),
    ...(trouble ? [`${trouble.code}: ${trouble.text} (${printable(trouble.detail, 200)}) It is tried again.`] : []),
    ...(counts.waiting > 0 ? [`It goes on by itself: account imports show ${id}`] : []),
  ].join('\n');
}

function listText({ ewons, staying, source }: ImportView): string {
  const moving = ewons.map(({ sourceName, serial, model, name }) => [sourceName, serial, model, name]);
  const kept = staying.map(({ name, serial, why, whyText }) => [name, serial, `${why}: ${whyText}`]);
  return [
    ewons.length === 0
      ? `No Ewon of ${source.name} can move now.`
      : table(['Ewon', 'serial', 'model', 'name here'], moving),
    ...(kept.length > 0 ? ['Others stay where they are:', table(['Ewon', 'serial', 'why'], kept)] : []),
  ].join('\n');
}

/** Codes: NOT_FOUND. */
function chosenOf(
  ewons: readonly ImportedEwonView[],
  only: readonly string[] | undefined,
): Result<readonly ImportedEwonView[]> {
  if (!only) return ok(ewons);
  const is = ({ sourceName, serial }: ImportedEwonView, which: string) => sourceName === which || serial === which;
  const missing = only.find((which) => !ewons.some((ewon) => is(ewon, which)));
  if (missing !== undefined) return err('NOT_FOUND', `${missing} is not among those that can move`);
  return ok(ewons.filter((ewon) => only.some((which) => is(ewon, which))));
}

/** New Ewons of an account go to this one. */
async function poolOf(admin: AdminClient): Promise<string> {
  const auto = await admin.ask<{ readonly pool: string }>('GET', 'auto-registration');
  return auto.ok ? auto.value.pool : '';
}

async function readCa(file: string): Promise<Result<string>> {
  try {
    return ok(await readFile(file, 'utf8'));
  } catch (cause) {
    return err('USAGE', `--ca ${file} cannot be read`, cause);
  }
}

/** Looks until nothing waits any more, or long enough; each change is said on stderr. */
async function followed(
  { io, admin }: Doing,
  first: ImportView,
  waitSeconds: number,
  pause: Pause,
): Promise<Result<ImportView>> {
  let [view, said] = [first, ''];
  for (let leftMs = waitSeconds * SECOND_MS; ; leftMs -= LOOK_AGAIN_MS) {
    const { moved, waiting, failed, stayed } = view.counts;
    const now = `${moved} of ${view.ewons.length} moved, ${waiting} waiting, ${failed + stayed} not moved`;
    if (now !== said) io.stderr(`${now}\n`);
    said = now;
    if (view.state !== 'running' || leftMs <= 0) return ok(view);
    await pause(LOOK_AGAIN_MS);
    const asked = await admin.ask<ImportView>('GET', `imports/${view.id}`);
    if (!asked.ok) return asked;
    view = asked.value;
  }
}
