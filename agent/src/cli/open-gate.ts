import type { ClockPort, Code, LogPort } from '@ewon-agent/contracts';
import { createAuditFile } from '../adapters/console-audit-file.ts';
import { createUsersFile, fileVersion, keepOwned } from '../adapters/console-users-file.ts';
import { createPasswords } from '../adapters/console-users-scrypt.ts';
import { readIfThere } from '../adapters/durable-file.ts';
import type { ConsoleConfig } from '../config/schema.ts';
import type { Audited } from '../core/console/audit.ts';
import type { GateParts } from '../shell/console-gate.ts';
import { createKeeper } from '../shell/console-gate-keeper.ts';
import { createPresence, type Presence } from '../shell/console-gate-presence.ts';
import { AGENT_VERSION } from '../version.ts';
import { consoleAuditPath, consoleFailuresPath, consoleUsersPath } from './places.ts';

type Parts = {
  readonly stateDir: string;
  readonly console: Pick<ConsoleConfig, 'idleMs' | 'banner'>;
  readonly clock: ClockPort;
  readonly log: LogPort;
  /** For the account. */
  readonly report: (code: Code, detail: string) => void;
  readonly presence: Presence;
  /** See {@link GateParts}. */
  readonly isWriting?: () => boolean;
};

/** What the audit calls the serial line. */
const LINE = 'serial';
/** What is told to the account as well. */
const REPORTED: Readonly<Partial<Record<Audited, Code>>> = {
  login: 'CONSOLE_LOGIN',
  locked: 'CONSOLE_LOCKED',
  'first user': 'CONSOLE_FIRST_USER',
};

/** Makes what the login of a serial console needs on a real board; see {@link GateParts}. One for the life of the agent: failures are counted in it. */
export function openGate({ stateDir, console, clock, log, report, presence, isWriting }: Parts): GateParts['gate'] {
  const audit = createAuditFile(consoleAuditPath(stateDir));
  const failuresPath = consoleFailuresPath(stateDir);
  const record = (did: Audited, person: string, detail?: string): void => {
    const at = new Date(clock.now()).toISOString();
    const kept = audit.append({ at, from: LINE, person, did, ...(detail !== undefined && { detail }) });
    if (!kept.ok) log.write('warn', 'console', 'the audit cannot be kept', { code: kept.fault.code });
    const code = REPORTED[did];
    if (code) report(code, `${person}, ${LINE}`);
  };
  const keeper = createKeeper({
    ...{ clock, record, line: LINE },
    users: createUsersFile(consoleUsersPath(stateDir)),
    failures: { load: () => ifReadable(failuresPath), save: (text) => keepOwned(failuresPath, text) },
    passwords: createPasswords(),
  });
  return {
    ...{ clock, keeper, presence, record },
    rules: { idleMs: console.idleMs, banner: console.banner },
    greeting: ({ name, role }) => `ewon-agent ${AGENT_VERSION}. ${name}, ${role}. "?" helps, "exit" leaves.`,
    ...(isWriting && { isWriting }),
  };
}

/** What shows that somebody is at the device: the slots that it is asked to watch, and the configured button. */
export function openPresence(
  { presenceMs: forMs, buttonFile }: Pick<ConsoleConfig, 'presenceMs' | 'buttonFile'>,
  clock: ClockPort,
): Presence {
  return createPresence({ clock, forMs, ...(buttonFile !== undefined && { button: () => buttonNow(buttonFile) }) });
}

/** A file that cannot be read locks nobody out, and ends no agent. */
function ifReadable(path: string): string | undefined {
  try {
    return readIfThere(path);
  } catch {
    return undefined;
  }
}

/** In sysfs only the text counts: times there are those of the kernel's cache. A file that cannot be read was not pressed. */
function buttonNow(path: string): string | undefined {
  try {
    const text = readIfThere(path)?.slice(0, 100) ?? '';
    return path.startsWith('/sys/') ? text : `${fileVersion(path)} ${text}`;
  } catch {
    return undefined; // a directory, or no rights: then no button ever proves anything
  }
}
