import { CODES, isCode, ok, type PatchMessage, printable } from '@ewon-agent/contracts';
import type { EwonView } from '../http/views.ts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';
import { findEwon } from './registrations.ts';

/** `account patch show [ewon]`: how Ewons stand with patches by what they told last. */
export async function showPatches(
  io: Io,
  form: Form,
  admin: AdminClient,
  which: string | undefined,
): Promise<ExitStatus> {
  if (which === undefined) {
    const ewons = await admin.ask<readonly EwonView[]>('GET', 'ewons');
    const rows = ewons.ok
      ? ok(ewons.value.map(({ deviceId, name, patch = null }) => ({ deviceId, name, patch })))
      : ewons;
    return say(io, form, rows, patchTable);
  }
  const ewon = await findEwon(admin, which);
  if (!ewon.ok) return sayFault(io, form, ewon.fault);
  const { patch = null, status } = ewon.value;
  return say(io, form, ok(patch), (told) => patchText(told, status));
}

type Row = Pick<EwonView, 'deviceId' | 'name'> & { readonly patch: PatchMessage | null };

function patchTable(rows: readonly Row[]): string {
  if (rows.length === 0) return 'No Ewon is linked yet. "account pending" lists those that wait.';
  return table(
    ['Ewon', 'state', 'reason', 'patch', 'agent', 'firmware', 'repository', 'holds until'],
    rows.map(({ name, patch }) => [
      ...[name, patch?.state ?? 'has told nothing', patch?.reason ?? '-', patch?.patch?.path ?? '-'],
      ...[patch?.agent ?? '-', patch?.firmware ?? '-'],
      ...[patch?.repository ? String(patch.repository.targets) : '-', patch?.repository?.expiresAt ?? '-'],
    ]),
  );
}

/** Words what one Ewon told. */
export function patchText(told: PatchMessage | null, status: 'online' | 'offline'): string {
  if (!told) return 'Nothing. An agent tells it once its account has a repository of patches: docs/aspu.md.';
  const { patch, repository: held, reason } = told;
  const percent = told.received !== undefined && patch ? `, ${told.received} bytes are here` : '';
  const lines: readonly (readonly [name: string, value: string | undefined])[] = [
    ['State', `${told.state}${percent}`],
    ['Reason', reason && `${reason}${isCode(reason) ? `: ${CODES[reason].text}` : ''}`],
    ['', told.detail],
    ['Patch', patch && `${patch.path}, ${patch.kind} ${patch.version}`],
    ['Agent', told.agent],
    ['Firmware', told.firmware ?? 'the Ewon was not asked'],
    [
      'Repository',
      held
        ? `root ${held.root}, targets ${held.targets}, snapshot ${held.snapshot}, timestamp ${held.timestamp}`
        : 'none is trusted yet',
    ],
    ['Read', held?.refreshedAt],
    ['Holds until', held?.expiresAt],
    ['Told', `${told.at}${status === 'online' ? '' : '; the Ewon is offline now'}`],
  ];
  return lines
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name.padEnd(13)}${printable(value ?? '')}`)
    .join('\n');
}
