import { execFile } from 'node:child_process';
import { err, type Millis, ok, type Result, SECOND_MS } from '@ewon-agent/contracts';

/** How systemd is told about this service, and how often it wants to hear; both from the environment it gave. */
export type ServiceManager = {
  /**
   * Sends assignments of sd_notify(3), such as `READY=1`, as one notice.
   * Codes: SERVICE_UNHEARD.
   */
  readonly notify: (assignments: readonly string[]) => Promise<Result<void>>;
  /** Without a sign of life for so long, it starts the service again; undefined when it does not watch. */
  readonly watchdogMs?: Millis;
};

/** On an idle board it takes 5 ms; a notice that took longer than this would come too late for any watchdog. */
const NOTICE_TIMEOUT_MS = 5 * SECOND_MS;

/**
 * Finds the systemd that started this process. Where it was not systemd, or it does not want to be told, notices go
 * nowhere and nobody watches.
 * Notices go through `systemd-notify`, a process each, because Node has no datagram sockets for Unix paths: the unit
 * needs `NotifyAccess=all`. Why no native package: docs/decisions/0013-package-and-privileges.md.
 * @param environment of this process
 * @param pid of this process: the watchdog of another is not ours (WATCHDOG_PID)
 * Source: systemd 252, sd_notify(3) and sd_watchdog_enabled(3).
 */
export function serviceManager(environment: Readonly<Record<string, string | undefined>>, pid: number): ServiceManager {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = environment;
  if (!NOTIFY_SOCKET) return { notify: async () => ok(undefined) };
  const watches = /^[1-9]\d{0,15}$/.test(WATCHDOG_USEC ?? '') && (WATCHDOG_PID ?? `${pid}`) === `${pid}`;
  return { notify, ...(watches ? { watchdogMs: Number(WATCHDOG_USEC) / 1000 } : {}) };

  function notify(assignments: readonly string[]): Promise<Result<void>> {
    const how = { env: { ...environment }, timeout: NOTICE_TIMEOUT_MS };
    return new Promise((resolve) => {
      execFile('systemd-notify', [...assignments], how, (cause, _, stderr) => {
        resolve(cause ? err('SERVICE_UNHEARD', stderr.trim() || cause.message, cause) : ok(undefined));
      });
    });
  }
}
