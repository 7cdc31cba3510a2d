import { err, ok, type Result } from '@ewon-agent/contracts';
import type { EwonView, RegistrationView } from '../http/views.ts';
import type { AdminClient } from './admin-client.ts';
import { say, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';

/** `account pending` */
export async function showPending(io: Io, form: Form, admin: AdminClient): Promise<ExitStatus> {
  return say(io, form, await pendingOf(admin), (rows) =>
    rows.length === 0
      ? 'No Ewon waits. Put a card with a key of this account into an unregistered Ewon.'
      : table(
          ['id', 'serial', 'fingerprint', 'key', 'network', 'since', 'note', 'replaces'],
          rows.map((r) => [r.id, r.serial, r.fingerprint, r.grkId, r.network, r.createdAt, r.note, r.replaces ?? '-']),
        ),
  );
}

/** What `account approve` sets. */
export type ApproveOptions = {
  readonly name?: string;
  readonly pool?: string;
  readonly description?: string;
  readonly custom?: readonly string[];
};

/** `account approve [which]` */
export async function approveOne(
  io: Io,
  form: Form,
  admin: AdminClient,
  { which, set }: { readonly which: string | undefined; readonly set: ApproveOptions },
): Promise<ExitStatus> {
  const { custom, ...properties } = set;
  const customFields = custom && { customFields: [custom[0] ?? '', custom[1] ?? '', custom[2] ?? ''] };
  const done = await orderOn<EwonView>(admin, which, 'approve', { ...properties, ...customFields });
  return say(io, form, done, (ewon) => `approved ${ewon.serial} as "${ewon.name}", ${ewon.deviceId}`);
}

/** `account replace <which> <ewon>` */
export async function replaceOne(
  io: Io,
  form: Form,
  admin: AdminClient,
  { which, ewon }: { readonly which: string; readonly ewon: string },
): Promise<ExitStatus> {
  const old = await findEwon(admin, ewon);
  const done = old.ok ? await orderOn<EwonView>(admin, which, 'replace', { deviceId: old.value.deviceId }) : old;
  return say(io, form, done, (now) => `${now.serial} took the place of "${now.name}", ${now.deviceId}`);
}

/** `account reject [which]` */
export async function rejectOne(
  io: Io,
  form: Form,
  admin: AdminClient,
  which: string | undefined,
): Promise<ExitStatus> {
  const done = await orderOn<RegistrationView>(admin, which, 'reject', {});
  return say(io, form, done, (record) => `rejected ${record.serial}`);
}

/** `account reject --key ID | --network NET` */
export async function rejectMany(
  io: Io,
  form: Form,
  admin: AdminClient,
  of: { readonly grkId?: string; readonly network?: string },
): Promise<ExitStatus> {
  const done = await admin.ask<{ readonly rejected: number }>('POST', 'registrations/reject', of);
  return say(io, form, done, ({ rejected }) => `rejected ${rejected}`);
}

/** Finds a listed Ewon by device id or name. Codes: NOT_FOUND. */
export async function findEwon(admin: AdminClient, which: string): Promise<Result<EwonView>> {
  const ewons = await admin.ask<readonly EwonView[]>('GET', 'ewons');
  if (!ewons.ok) return ewons;
  const found = ewons.value.find((ewon) => ewon.deviceId === which || ewon.name === which);
  return found ? ok(found) : err('NOT_FOUND', `Ewon ${which}`);
}

function pendingOf(admin: AdminClient): Promise<Result<readonly RegistrationView[]>> {
  return admin.ask('GET', 'registrations?state=pending');
}

/** `which` is an id, a serial number or a fingerprint; without it the only one that waits. */
async function orderOn<T>(
  admin: AdminClient,
  which: string | undefined,
  order: 'approve' | 'replace' | 'reject',
  body: object,
): Promise<Result<T>> {
  const pending = await pendingOf(admin);
  if (!pending.ok) return pending;
  const fits = (r: RegistrationView) => which === undefined || [r.id, r.serial, r.fingerprint].includes(which);
  const [first, ...others] = pending.value.filter(fits);
  if (others.length > 0) return err('CONFLICT', `${others.length + 1} Ewons wait; name one by its id`);
  // a request that was decided already is told as what it is, by its id
  const id = first?.id ?? which;
  if (id === undefined) return err('NOT_FOUND', 'no Ewon waits');
  return admin.ask<T>('POST', `registrations/${encodeURIComponent(id)}/${order}`, body);
}
