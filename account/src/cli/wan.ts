import { CODES, isCode, ok, printable, type WanMessage } from '@ewon-agent/contracts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';
import { findEwon } from './registrations.ts';

const CHANGES_SHOWN = 8;

/** `account wan <ewon>`: how its way to the account stood when it told last; `null` in JSON for one that never told. */
export async function showWan(io: Io, form: Form, admin: AdminClient, which: string): Promise<ExitStatus> {
  const ewon = await findEwon(admin, which);
  if (!ewon.ok) return sayFault(io, form, ewon.fault);
  const { wan = null, status } = ewon.value;
  return say(io, form, ok(wan), (told) => wanText(told, status));
}

/** Words it for a terminal. */
export function wanText(wan: WanMessage | null, status: 'online' | 'offline'): string {
  if (!wan) return 'Nothing. The agent tells its way only where "wan" is configured: docs/wan.md.';
  const { cellular: cell = {}, fallback } = wan;
  const lines: readonly (readonly [name: string, value: string | undefined])[] = [
    ['WAN', `${wan.state}, ${wan.connectivity}, since ${wan.since}`],
    ['Cause', `${wan.cause}${isCode(wan.cause) ? `: ${CODES[wan.cause].text}` : ''}`],
    ['', wan.detail],
    ['Told', `${wan.at}${status === 'online' ? '' : '; the Ewon is offline now'}`],
    ['Link', wan.interface === undefined ? wan.link : `${wan.interface} (${wan.link})`],
    ['Address', joined(wan.ip, wan.gateway && `by ${wan.gateway}`)],
    ['Name servers', joined(...(wan.dns ?? []))],
    [
      'Network',
      joined(cell.operator, cell.technology, cell.signal !== undefined ? `signal ${cell.signal}` : undefined),
    ],
    ['Cell', joined(numbered('area', cell.lac), numbered('cell', cell.cellId))],
    ['Fallback', fallback && `${fallback.active} in place of ${fallback.primary} since ${fallback.since}`],
    ['Returns', fallback?.returnsAt],
    ['Probe bytes', `${wan.probeBytesThisMonth} of ${wan.probeBytesMax} in the month`],
  ];
  const shown = lines.flatMap(([name, value]) => (value ? [`${name.padEnd(13)}${printable(value, 200)}`] : []));
  const history = wan.history
    .slice(-CHANGES_SHOWN)
    .map(({ at, interface: on = '-', state, cause }) =>
      printable(`  ${at} ${state.padEnd(8)} ${on.padEnd(8)} ${cause}`, 200),
    );
  return [...shown, ...(history.length > 0 ? ['History', ...history] : [])].join('\n');
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(' ');
}

function numbered(name: string, number: number | undefined): string | undefined {
  return number === undefined ? undefined : `${name} ${number}`;
}
