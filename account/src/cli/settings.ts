import type { AutoRegistrationView, EwonView, LogLineView } from '../http/views.ts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault, table } from './answer.ts';
import { standingWord } from './identity.ts';
import { EXIT, type ExitStatus, type Form, type Io } from './io.ts';
import { logText } from './log-text.ts';
import { findEwon } from './registrations.ts';

/** `account ewons` */
export async function showEwons(io: Io, form: Form, admin: AdminClient): Promise<ExitStatus> {
  return say(io, form, await admin.ask<readonly EwonView[]>('GET', 'ewons'), (ewons) =>
    ewons.length === 0 ? 'No Ewon is linked yet. "account pending" lists those that wait.' : ewonsText(ewons),
  );
}

/** What people wrote of an Ewon. */
const WRITTEN: readonly (readonly [head: string, of: (ewon: EwonView) => string])[] = [
  ['description', (e) => e.description],
  ['custom1', (e) => e.customFields[0]],
  ['custom2', (e) => e.customFields[1]],
  ['custom3', (e) => e.customFields[2]],
  ['note', (e) => e.note],
];

/** Ewons as a table. What nobody wrote of any of them has no column. */
export function ewonsText(ewons: readonly EwonView[]): string {
  const written = WRITTEN.filter(([, of]) => ewons.some((e) => of(e) !== ''));
  return table(
    [
      ...['device id', 'name', 'serial', 'status', 'alarms', 'last seen', 'pool', 'link', 'firmware', 'agent'],
      ...written.map(([head]) => head),
    ],
    ewons.map((e) => [
      ...[e.deviceId, e.name, e.serial, e.status, String(e.alarms)],
      ...[e.lastSeen ?? 'never', e.pool, standingWord(e), e.firmware, e.agent],
      ...written.map(([, of]) => of(e)),
    ]),
  );
}

/** `account remove <ewon>` */
export async function removeOne(io: Io, form: Form, admin: AdminClient, which: string): Promise<ExitStatus> {
  const ewon = await findEwon(admin, which);
  const done = ewon.ok ? await admin.ask<EwonView>('DELETE', `ewons/${ewon.value.deviceId}`) : ewon;
  return say(io, form, done, (removed) => `removed "${removed.name}"`);
}

/** `account pool [add|remove name]` */
export async function pools(
  io: Io,
  form: Form,
  admin: AdminClient,
  order: { readonly do: 'list' } | { readonly do: 'add' | 'remove'; readonly name: string },
): Promise<ExitStatus> {
  const answer = await (order.do === 'list'
    ? admin.ask<readonly string[]>('GET', 'pools')
    : order.do === 'add'
      ? admin.ask<readonly string[]>('POST', 'pools', { name: order.name })
      : admin.ask<readonly string[]>('DELETE', `pools/${encodeURIComponent(order.name)}`));
  return say(io, form, answer, (names) =>
    table(
      ['pool'],
      names.map((name) => [name]),
    ),
  );
}

/** `account auto-registration [on|off] [--pool]` */
export async function autoRegistration(
  io: Io,
  form: Form,
  admin: AdminClient,
  { to, pool }: { readonly to?: 'on' | 'off'; readonly pool?: string },
): Promise<ExitStatus> {
  const set = { ...(to && { enabled: to === 'on' }), ...(pool !== undefined && { pool }) };
  const answer = await (Object.keys(set).length === 0
    ? admin.ask<AutoRegistrationView>('GET', 'auto-registration')
    : admin.ask<AutoRegistrationView>('PATCH', 'auto-registration', set));
  return say(io, form, answer, (is) => `auto-registration is ${is.enabled ? 'on' : 'off'}, pool "${is.pool}"`);
}

/** `account log` */
export async function showLog(
  io: Io,
  form: Form,
  admin: AdminClient,
  { raw, kind, limit }: { readonly raw?: true; readonly kind?: string; readonly limit: number },
): Promise<ExitStatus> {
  const query = new URLSearchParams({ limit: String(limit), ...(kind !== undefined && { kind }) });
  if (raw) {
    const text = await admin.bytes(`log?form=raw&${query}`);
    if (!text.ok) return sayFault(io, form, text.fault);
    io.stdout(Buffer.from(text.value).toString('utf8'));
    return EXIT.done;
  }
  return say(io, form, await admin.ask<readonly LogLineView[]>('GET', `log?${query}`), logText);
}
