import type { AlarmView } from '../http/views.ts';
import type { AdminClient } from './admin-client.ts';
import { say, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';
import { findEwon } from './registrations.ts';

/** `account alarms list` */
export async function showAlarms(io: Io, form: Form, admin: AdminClient): Promise<ExitStatus> {
  return say(io, form, await admin.ask<readonly AlarmView[]>('GET', 'alarms'), (alarms) =>
    alarms.length === 0
      ? 'No alarm is open.'
      : table(
          ['since', 'last', 'times', 'ewon', 'code', 'what'],
          alarms.map((a) => [a.openedAt, a.lastAt, String(a.count), a.name, a.code, a.text]),
        ),
  );
}

/** `account alarms ack [ewon]`: those of one Ewon, or of all, of one code, or of all. */
export async function acknowledge(
  io: Io,
  form: Form,
  admin: AdminClient,
  { ewon, code }: { readonly ewon?: string; readonly code?: string },
): Promise<ExitStatus> {
  const of = ewon === undefined ? undefined : await findEwon(admin, ewon);
  const which = { ...(of?.ok && { deviceId: of.value.deviceId }), ...(code !== undefined && { code }) };
  const done =
    of && !of.ok ? of : await admin.ask<{ readonly acknowledged: number }>('POST', 'alarms/acknowledge', which);
  return say(io, form, done, ({ acknowledged }) => `acknowledged ${acknowledged}`);
}
