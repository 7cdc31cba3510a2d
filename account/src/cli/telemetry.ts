import type { TagSample, Timestamp } from '@ewon-agent/contracts';
import type { TelemetryView } from '../http/views.ts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';
import { findEwon } from './registrations.ts';

/** Which values are shown. */
export type TelemetryChoice = { readonly ewon: string; readonly limit: number; readonly tag?: string };

type Value = Required<Omit<TagSample, 'at'>> & { readonly at: Timestamp };

/** `account telemetry <ewon>`: a line for each value of the newest messages, oldest first. */
export async function showTelemetry(
  io: Io,
  form: Form,
  admin: AdminClient,
  choice: TelemetryChoice,
): Promise<ExitStatus> {
  const ewon = await findEwon(admin, choice.ewon);
  if (!ewon.ok) return sayFault(io, form, ewon.fault);
  const path = `ewons/${ewon.value.deviceId}/telemetry?limit=${choice.limit}`;
  const messages = await admin.ask<readonly TelemetryView[]>('GET', path);
  const values = messages.ok ? { ok: true as const, value: valuesOf(messages.value, choice.tag) } : messages;
  return say(io, form, values, (shown) =>
    shown.length === 0
      ? 'No values. The agent tells tags only where "telemetry" is configured: docs/telemetry.md.'
      : table(
          ['at', 'tag', 'value', 'quality'],
          shown.map(({ at, tag, value, quality }) => [at, tag, String(value), quality]),
        ),
  );
}

function valuesOf(messages: readonly TelemetryView[], only: string | undefined): readonly Value[] {
  const all = messages.flatMap(({ at, samples }) =>
    samples.map((sample) => ({ at, quality: 'good', ...sample }) as const),
  );
  return only === undefined ? all : all.filter(({ tag }) => tag === only);
}
