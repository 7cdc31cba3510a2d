import { csvHead, csvRow } from './csv.ts';
import { harmless } from './harmless.ts';
import { withChanges } from './log-changes.ts';
import { rawLine } from './raw-line.ts';
import type { LogRecord } from './records.ts';

// The account's log as people read it.

/** The whole log as raw text, one line each, oldest first as given. */
export function rawText(lines: readonly LogRecord[]): string {
  return lines.map((line) => `${rawLine(line)}\r\n`).join('');
}

const COLUMNS = ['at', 'name', 'subject', 'severity', 'code', 'event', 'deviceId'] as const;

/** The head of the detailed log as CSV. The kind came later: what programs read by its place stays there. */
export const LOG_CSV_HEAD = csvHead([...COLUMNS, 'kind']);

/** The detailed log as CSV (RFC 4180), without its head. */
export function csvLines(lines: readonly LogRecord[]): string {
  return lines.map((line) => csvRow([...COLUMNS.map((column) => harmless(line[column] ?? '')), kindOf(line)])).join('');
}

/** The detailed log as CSV (RFC 4180), with a header line. */
export function csvText(lines: readonly LogRecord[]): string {
  return LOG_CSV_HEAD + csvLines(lines);
}

/** What a person filters by: errors, what users did, all else. */
export type LogKind = 'error' | 'user' | 'message';

/** The kind of a line. An error is an error whoever it is about. */
export function kindOf(line: Pick<LogRecord, 'severity' | 'subject'>): LogKind {
  if (line.severity === 'error') return 'error';
  return line.subject === 'User' ? 'user' : 'message';
}

const ROLLOUT_WORDS: Readonly<Record<string, string>> = {
  ASPU_ROLLOUT_STEP: 'went on to its next group',
  ASPU_ROLLOUT_DONE: 'has reached all its Ewons',
  ASPU_ROLLOUT_STOPPED: 'was stopped, because too many Ewons failed',
};

/** See core/log-changes.ts. */
type Changes = readonly string[];

/** What the account writes into its log. Names are shown as given; GRKs appear as their id only. */
export const LOG_TEXTS = {
  restored: (takenAt: string, linked: number) =>
    `The account was restored as it was at ${takenAt}: ${linked} Ewons are let in, and nothing is known of what came after.`,
  stranger: (deviceId: string) => `${deviceId} shows a certificate of this account, and no such Ewon is known.`,
  notLetIn: (name: string) => `Ewon [${name}] was removed when the account was restored.`,
  silent: (name: string) => `Nothing was heard of [${name}] for too long: it counts as offline.`,
  acknowledged: (name: string, codes: readonly string[]) =>
    `Alarms of [${name}] were acknowledged: ${codes.join(', ')}.`,
  asked: (serial: string, grkId: string, isByConsole: boolean) =>
    `Ewon ${serial} asks for approval with key ${grkId}${isByConsole ? ', which was given at its console' : ''}.`,
  superseded: (serial: string) => `A newer request of Ewon ${serial} took the place of its older one.`,
  refused: (serial: string, code: string) => `The registration of Ewon ${serial} was refused: ${code}.`,
  orderedBy: (event: string, person: string) => `${event.replace(/\.$/, '')} (by ${person}).`,
  approved: (serial: string, name: string) => `Ewon ${serial} was approved as [${name}].`,
  replaced: (serial: string, name: string) => `Ewon ${serial} took the place of [${name}].`,
  rejected: (serial: string) => `Ewon ${serial} was rejected.`,
  voided: (serial: string) => `The request of Ewon ${serial} became void.`,
  expired: (serial: string) => `Nobody decided about Ewon ${serial} in time.`,
  unlinked: (name: string) => `Ewon [${name}] forgot its account and was unlinked.`,
  removed: (name: string) => `Ewon [${name}] was removed from the account.`,
  renewed: (name: string, until: string) => `Ewon [${name}] was given a new certificate, good until ${until}.`,
  renewalAsked: (name: string) => `Ewon [${name}] asks for a certificate; its last one ended too long ago.`,
  renewalAllowed: (name: string) => `The next certificate of Ewon [${name}] was allowed.`,
  quarantined: (name: string, why: string) => `Ewon [${name}] was quarantined: ${why}.`,
  released: (name: string) => `Ewon [${name}] was released from quarantine.`,
  online: (name: string) => `Ewon [${name}] is online.`,
  offline: (name: string) => `Ewon [${name}] is offline.`,
  keyMade: (grkId: string) => `Registration key ${grkId} was made.`,
  keyRenewed: (oldId: string, newId: string) => `Registration key ${oldId} was revoked and ${newId} made.`,
  keyImported: (grkId: string) => `Registration key ${grkId} was imported.`,
  keyShown: (grkId: string) => `Registration key ${grkId} was shown.`,
  keyExported: (grkId: string, form: string) => `Registration key ${grkId} was exported (${form}).`,
  autoRegistrationChanged: (changes: Changes) => withChanges('The registration of new Ewons was changed.', changes),
  poolAdded: (pool: string) => `Pool [${pool}] was added.`,
  poolRemoved: (pool: string) => `Pool [${pool}] was removed.`,
  policySet: (version: number, changes: Changes) => withChanges(`Policy ${version} was set.`, changes),
  moved: (name: string, how: string) => `[${name}] is not where it belongs: ${how}.`,
  movedBack: (name: string) => `[${name}] is where it belongs again.`,
  mayMove: (name: string, moves: 'moves' | 'stays') =>
    `[${name}] ${moves === 'moves' ? 'may go about' : 'is to stay where it is'}.`,
  cellsImported: (taken: number, refused: number) => `${taken} cells were imported, ${refused} lines were refused.`,
  patchRootSet: (patchRoot: string) => `Ewons were told of the repository of patches ${patchRoot.slice(0, 16)}.`,
  patchesPublished: (added: readonly string[], revoked: readonly string[]) =>
    [
      ...(added.length > 0 ? [`Patches were published: ${added.join(', ')}.`] : []),
      ...(revoked.length > 0 ? [`Patches were taken back: ${revoked.join(', ')}.`] : []),
    ].join(' '),
  patchDenied: (path: string) => `The patch ${path} is denied: no Ewon begins to install it.`,
  patchAllowed: (path: string) => `The patch ${path} is denied no more.`,
  rolloutStarted: (path: string, ewons: number) => `A rollout of ${path} to ${ewons} Ewons was started.`,
  rolloutStopped: (path: string) => `The rollout of ${path} was stopped.`,
  rolloutResumed: (path: string) => `The rollout of ${path} goes on.`,
  rolloutMoved: (path: string, group: number, groups: number, code: string) =>
    `The rollout of ${path} ${ROLLOUT_WORDS[code] ?? code} (group ${group} of ${groups}).`,
  accountKeyAnnounced: (fingerprint: string) => `Account key ${fingerprint} was announced.`,
  accountKeyChanged: (fingerprint: string) => `Account key ${fingerprint} signs from now on.`,
  commandSent: (command: string, name: string) => `Command "${command}" was sent to [${name}].`,
  commandEnded: (command: string, name: string, state: string, reason: string | null) =>
    `Command "${command}" of [${name}] was ${state === 'successful' ? 'carried out' : `not carried out: ${reason}`}.`,
  joined: (serial: string, name: string, user: string) => `Ewon ${serial} was added as [${name}] by wizard of ${user}.`,
  joinRefused: (serial: string, user: string, code: string) =>
    `The registration of Ewon ${serial} by wizard of ${user} was refused: ${code}.`,
  movedIn: (name: string, from: string) => `Ewon [${name}] has been moved from account [${from}].`,
  movedOut: (name: string, to: string) => `Ewon [${name}] moved to account [${to}].`,
  moveRefused: (serial: string, code: string) => `Ewon ${serial}, which was to be imported, was refused: ${code}.`,
  moveFailed: (name: string, why: string) => `Ewon [${name}] was not imported: ${why}.`,
  importOpened: (from: string) => `The Ewons of account [${from}] were listed for an import.`,
  importStarted: (from: string, ewons: number, pool: string) =>
    `An import of ${ewons} Ewons from account [${from}] into pool [${pool}] was started.`,
  importEnded: (from: string, left: number) => `The import from account [${from}] was ended; ${left} Ewons stay there.`,
  handoverBegun: (login: string, network: string) =>
    `User [${login}] let another account at ${network} list the Ewons for an import.`,
  handoverOrdered: (to: string, directoryUrl: string, ewons: number) =>
    `${ewons} Ewons are to move to account [${to}], ${directoryUrl}.`,
  oneTimeLinkMade: () => 'A one-time sign-in link was made.',
  signedIn: () => 'An administrator signed in by one-time link.',
  userSignedIn: (login: string) => `User [${login}] signed in.`,
  userSignedOut: (login: string) => `User [${login}] signed out.`,
  signInFailed: (login: string, network: string) => `A sign-in as [${login}] from ${network} failed.`,
  lockedOut: (login: string, failures: number) => `After ${failures} failed sign-ins [${login}] is locked out.`,
  networkLockedOut: (network: string, failures: number) =>
    `After ${failures} failed sign-ins network ${network} is locked out.`,
  networkUnlocked: (network: string) => `The lock-out of network ${network} was ended.`,
  unlocked: (login: string) => `The lock-out of user [${login}] was ended.`,
  userAdded: (login: string, changes: Changes) => withChanges(`User [${login}] was added.`, changes),
  userChanged: (login: string, changes: Changes) => withChanges(`User [${login}] was changed.`, changes),
  userRemoved: (login: string, changes: Changes) => withChanges(`User [${login}] was removed.`, changes),
  passwordSet: (login: string) => `The password of user [${login}] was changed.`,
  groupAdded: (name: string, changes: Changes) => withChanges(`Group [${name}] was added.`, changes),
  groupChanged: (name: string, changes: Changes) => withChanges(`Group [${name}] was changed.`, changes),
  groupRemoved: (name: string, changes: Changes) => withChanges(`Group [${name}] was removed.`, changes),
  passwordPolicySet: (changes: Changes) => withChanges('The password policy was changed.', changes),
  twoFactorPolicySet: (changes: Changes) => withChanges('The two-factor policy was changed.', changes),
  twoFactorOn: (login: string) => `User [${login}] turned two-factor on.`,
  twoFactorOff: (login: string) => `Two-factor of user [${login}] was turned off.`,
  recoveryCodeUsed: (login: string, left: number) => `User [${login}] used a recovery code, ${left} are left.`,
  recoveryCodesMade: (login: string) => `User [${login}] made new recovery codes.`,
  tokenAdded: (name: string, changes: Changes) => withChanges(`API token [${name}] was added.`, changes),
  tokenChanged: (name: string, changes: Changes) => withChanges(`API token [${name}] was changed.`, changes),
  tokenRemoved: (name: string, changes: Changes) => withChanges(`API token [${name}] was deleted.`, changes),
  accountChanged: (changes: Changes) => withChanges('The account information was changed.', changes),
  contactKept: (name: string, changes: Changes) => withChanges(`Contact [${name}] was set.`, changes),
  contactRemoved: (name: string, changes: Changes) => withChanges(`Contact [${name}] was removed.`, changes),
  sessionsEnded: (login: string) => `All sessions of user [${login}] were ended.`,
  pcsForgotten: (login: string) => `Remembered PCs of user [${login}] were forgotten.`,
  linkSessionsEnded: () => 'All sessions of one-time links were ended, and links that were not opened yet.',
} as const;
