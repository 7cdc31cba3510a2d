import { DAYS, type Day, err, isFinal, ok, type PolicyWindow, type Result } from '@ewon-agent/contracts';
import type { PolicyEffect } from '../core/policy-effect.ts';
import type { AccountKeyView, CommandView, EwonView, PolicyView } from '../http/views.ts';
import type { PolicyChange } from '../service/policy.ts';
import type { AdminClient } from './admin-client.ts';
import { say, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';
import { findEwon } from './registrations.ts';

/** `account policy show` */
export async function showPolicy(io: Io, form: Form, admin: AdminClient): Promise<ExitStatus> {
  return say(io, form, await admin.ask<PolicyView>('GET', 'policy'), policyText);
}

/** `account policy effect`: how many Ewons go by the policy, who does not yet, and who has switched what off. */
export async function showPolicyEffect(io: Io, form: Form, admin: AdminClient): Promise<ExitStatus> {
  return say(io, form, await admin.ask<PolicyEffect>('GET', 'policy/effect'), (effect) => {
    const off = (which: 'geolocation' | 'remoteManagement', word: string) =>
      effect[which].off.map(({ deviceId, name, by }) => [word, name, `off by the ${by}`, deviceId]);
    const waiting = effect.waiting.map(({ deviceId, name, status, version }) => [
      ...[
        'policy',
        name,
        `${status}, ${version === null ? 'has told nothing of it' : `still at ${version}`}`,
        deviceId,
      ],
    ]);
    const rows = [...waiting, ...off('geolocation', 'geolocation'), ...off('remoteManagement', 'remote management')];
    const head = `${effect.applied} of ${effect.ewons} Ewons have applied policy ${effect.version}`;
    return rows.length === 0 ? head : `${head}\n${table(['what', 'Ewon', 'state', 'device id'], rows)}`;
  });
}

/** `account policy set` */
export async function setPolicy(io: Io, form: Form, admin: AdminClient, change: PolicyChange): Promise<ExitStatus> {
  return say(io, form, await admin.ask<PolicyView>('PATCH', 'policy', change), policyText);
}

/** Reads `sat,sun 02:00-04:00 UTC`, or `none`. Codes: USAGE. */
export function readWindow(text: string): Result<PolicyWindow | null> {
  if (text === 'none') return ok(null);
  const [days = '', hours = '', zone = 'UTC', ...rest] = text.trim().split(/\s+/);
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(hours) ?? [];
  const named = days === 'daily' ? DAYS : days.split(',').filter((day): day is Day => DAYS.some((one) => one === day));
  const isWhole = days === 'daily' || named.length === days.split(',').length;
  if (!isWhole || !from || !to || rest.length > 0 || (zone !== 'UTC' && zone !== 'device'))
    return err('USAGE', '--window is like "sat,sun 02:00-04:00 UTC", "daily 22:00-04:00 device", or "none"');
  return ok({ days: named, from, to, zone });
}

/** `account command send` */
export async function sendCommand(
  io: Io,
  form: Form,
  admin: AdminClient,
  order: { readonly name: string; readonly to: string; readonly arguments: object; readonly validSeconds: number },
): Promise<ExitStatus> {
  if (order.name === 'move')
    return say(io, form, err('USAGE', 'an Ewon moves when its new account imports it: account import-ewons'), () => '');
  const { to, ...body } = order;
  const ewon = await findEwon(admin, to);
  const sent = ewon.ok ? await admin.ask<CommandView>('POST', `ewons/${ewon.value.deviceId}/commands`, body) : ewon;
  return say(io, form, sent, ({ id, name }) => `sent "${name}" as ${id}; see: account command show ${id}`);
}

/** Reads `seconds=60 loud=true`. Numbers, true and false are taken for such. Codes: USAGE. */
export function readArguments(words: readonly string[]): Result<Record<string, string | number | boolean>> {
  const pairs = words.map((word) => /^([a-z][A-Za-z0-9]*)=(.*)$/.exec(word));
  if (pairs.some((pair) => !pair)) return err('USAGE', 'arguments are like seconds=60');
  return ok(Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', plainValue(pair?.[2] ?? '')])));
}

/** Reads `90s`, `15m`, `1h`, `7d`, as seconds. Codes: USAGE. */
export function readDuration(text: string): Result<number> {
  const [, count, unit] = /^([1-9]\d{0,6})([smhd])$/.exec(text) ?? [];
  if (!count || !unit) return err('USAGE', '--expires is like 90s, 15m, 1h or 7d');
  return ok(Number(count) * (UNIT_SECONDS[unit] ?? 1));
}

/** `account command list` */
export async function listCommands(
  io: Io,
  form: Form,
  admin: AdminClient,
  { of, limit }: { readonly of?: string; readonly limit: number },
): Promise<ExitStatus> {
  const ewons = await admin.ask<readonly EwonView[]>('GET', 'ewons');
  const ewon = of === undefined ? undefined : await findEwon(admin, of);
  if (ewon && !ewon.ok) return say(io, form, ewon, () => '');
  const query = new URLSearchParams({ limit: String(limit), ...(ewon?.ok && { deviceId: ewon.value.deviceId }) });
  const names = new Map(ewons.ok ? ewons.value.map(({ deviceId, name }) => [deviceId, name]) : []);
  return say(io, form, await admin.ask<readonly CommandView[]>('GET', `commands?${query}`), (commands) =>
    commands.length === 0
      ? 'No command was sent yet: account command send status --to EWON'
      : table(
          ['id', 'command', 'Ewon', 'state', 'reason', 'sent', 'changed'],
          commands.map((c) => [
            ...[c.id, c.name, names.get(c.deviceId) ?? c.deviceId, c.state, c.reason ?? '-', c.issuedAt, c.changedAt],
          ]),
        ),
  );
}

/** `account command show` */
export async function showCommand(io: Io, form: Form, admin: AdminClient, id: string): Promise<ExitStatus> {
  const asked = await admin.ask<CommandView>('GET', `commands/${encodeURIComponent(id)}`);
  return say(io, form, asked, (c) =>
    [
      `${c.name} to ${c.deviceId}: ${c.state}${c.reason ? `, ${c.reason}` : ''}${c.detail ? ` (${c.detail})` : ''}`,
      `sent ${c.issuedAt}, ${isFinal(c.state) ? `ended ${c.changedAt}` : `expires ${c.expiresAt}`}`,
      ...(c.result ? [JSON.stringify(c.result, null, 2)] : []),
    ].join('\n'),
  );
}

/** `account key show` */
export async function showAccountKeys(io: Io, form: Form, admin: AdminClient): Promise<ExitStatus> {
  return say(io, form, await admin.ask<readonly AccountKeyView[]>('GET', 'account-keys'), keysText);
}

/** `account key rotate`: announces the next key, or begins to sign with it. */
export async function rotateAccountKey(
  io: Io,
  form: Form,
  admin: AdminClient,
  step: 'announce' | 'switch',
): Promise<ExitStatus> {
  const path = step === 'announce' ? 'account-keys' : 'account-keys/switch';
  const next =
    step === 'announce'
      ? 'announced; when the Ewons that are online have it, run: account key rotate --switch'
      : 'the announced key signs from now on; Ewons that are away follow when they come back';
  const done = await admin.ask<readonly AccountKeyView[]>('POST', path);
  return say(io, form, done, (keys) => `${next}\n${keysText(keys)}`);
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function plainValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function policyText(policy: PolicyView): string {
  const { version, issuedAt, geolocation, remoteManagement, window, denied, held = [], confirm = false } = policy;
  const onOff = (isOn: boolean) => (isOn ? 'on' : 'off');
  return [
    `policy ${version} of ${issuedAt}`,
    `geolocation        ${onOff(geolocation)}`,
    `remote management  ${onOff(remoteManagement)}`,
    `window             ${window ? `${window.days.join(',')} ${window.from}-${window.to} ${window.zone}` : 'at any time'}`,
    `patches denied     ${denied.length > 0 ? denied.join(', ') : 'none'}`,
    `patches held       ${held.length > 0 ? held.join(', ') : 'none'}`,
    `confirmed by hand  ${onOff(confirm)}`,
  ].join('\n');
}

function keysText(keys: readonly AccountKeyView[]): string {
  return table(
    ['key', 'state', 'fingerprint', 'made', 'public key'],
    keys.map((k) => [String(k.number), k.state, k.fingerprint, k.createdAt, k.publicKey]),
  );
}
