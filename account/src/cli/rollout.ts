import { err, ok, type Result } from '@ewon-agent/contracts';
import { countOf } from '../core/rollout.ts';
import type { RolloutBody, RolloutView } from '../http/admin-rollouts.ts';
import type { EwonView } from '../http/views.ts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';

/** `account aspu rollout start PATCH` */
export async function startRollout(
  io: Io,
  form: Form,
  admin: AdminClient,
  order: Omit<RolloutBody, 'first'> & { readonly first: readonly string[] },
): Promise<ExitStatus> {
  const ewons = await admin.ask<readonly EwonView[]>('GET', 'ewons');
  const first = ewons.ok ? idsOf(ewons.value, order.first) : ewons;
  const started = first.ok ? await admin.ask<RolloutView>('POST', 'rollouts', { ...order, first: first.value }) : first;
  return say(io, form, started, (rollout) => `started\n${summary([rollout])}`);
}

/** `account aspu rollout show [PATCH]` */
export async function showRollouts(
  io: Io,
  form: Form,
  admin: AdminClient,
  path: string | undefined,
): Promise<ExitStatus> {
  if (path === undefined)
    return say(io, form, await admin.ask<readonly RolloutView[]>('GET', 'rollouts'), (rollouts) =>
      rollouts.length === 0 ? 'No rollout was started yet: account aspu rollout start PATCH' : summary(rollouts),
    );
  const asked = await admin.ask<RolloutView>('GET', `rollouts/${encodeURIComponent(path)}`);
  if (!asked.ok) return sayFault(io, form, asked.fault);
  const ewons = await admin.ask<readonly EwonView[]>('GET', 'ewons');
  const names = new Map(ewons.ok ? ewons.value.map(({ deviceId, name }) => [String(deviceId), name]) : []);
  return say(io, form, asked, (rollout) => rolloutText(rollout, names));
}

/** `account aspu rollout stop PATCH`, `… resume PATCH` */
export async function orderRollout(
  io: Io,
  form: Form,
  admin: AdminClient,
  { path, order }: { readonly path: string; readonly order: 'stop' | 'resume' },
): Promise<ExitStatus> {
  const done = await admin.ask<RolloutView>('POST', `rollouts/${encodeURIComponent(path)}/${order}`);
  return say(io, form, done, (rollout) => summary([rollout]));
}

function summary(rollouts: readonly RolloutView[]): string {
  return table(
    ['patch', 'state', 'group', 'installed', 'failed', 'told', 'waiting', 'passed over'],
    rollouts.map((rollout) => [
      ...[rollout.path, stateText(rollout), `${rollout.reached + 1} of ${rollout.groups.length}`],
      ...(['installed', 'failed', 'told', 'waiting', 'passed'] as const).map((is) => String(countOf(rollout, is))),
    ]),
  );
}

function stateText({ state, stoppedBy }: RolloutView): string {
  return stoppedBy === null ? state : `${state} by ${stoppedBy === 'person' ? 'a person' : 'failures'}`;
}

/** Words one rollout, Ewon by Ewon. @param names of Ewons by their ids */
export function rolloutText(rollout: RolloutView, names: ReadonlyMap<string, string>): string {
  const { groups, standing, successPercent, failuresMax, startedAt } = rollout;
  const rows = groups.flatMap((group, i) =>
    group.map((deviceId) => {
      const { is = 'waiting', reason = '-' } = standing[deviceId] ?? {};
      return [String(i + 1), names.get(deviceId) ?? deviceId, is === 'passed' ? 'passed over' : is, reason];
    }),
  );
  return [
    summary([rollout]),
    `next group at ${successPercent} % of one, stopped by more than ${failuresMax} failures; started ${startedAt}`,
    table(['group', 'Ewon', 'state', 'reason'], rows),
  ].join('\n\n');
}

function idsOf(ewons: readonly EwonView[], words: readonly string[]): Result<RolloutBody['first'] & object> {
  const found = words.map((word) => ewons.find(({ deviceId, name }) => deviceId === word || name === word));
  const missing = words.find((_, i) => !found[i]);
  return missing === undefined
    ? ok(found.flatMap((ewon) => ewon?.deviceId ?? []))
    : err('NOT_FOUND', `Ewon ${missing}`);
}
