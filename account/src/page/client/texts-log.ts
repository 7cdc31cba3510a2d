// The sentences of the log, which come with it. Otherwise as texts.ts.

import { numberText } from './words.ts';

export const LOG_TEXTS = {
  empty: 'Nothing has happened yet. Every request, decision and message of an Ewon will stand here.',
  none: 'No line of the log is like that.',
  noneYet: 'No line is like that so far.',
  clear: 'Clear all filters',
  lines: 'Lines',
  form: 'View',
  detailed: 'Detailed',
  raw: 'Raw',
  rawText: 'Day; time (UTC); name; Ewon or User; event.',
  kind: 'Show',
  search: 'Words in name, code or event',
  from: 'From',
  to: 'To',
  ewon: 'Ewon',
  ewonHint: 'Any Ewon',
  noEwon: 'No Ewon is called that now: lines with exactly this name are shown.',
  user: 'User',
  userHint: 'Anybody',
  exportCsv: 'Export .csv',
  exportText: 'Export as text',
  exporting: 'The file is on its way: all that is filtered, oldest line first. The browser shows how much has come.',
  columns: 'Columns',
  column: {
    at: 'Time',
    name: 'Name',
    subject: 'Who',
    kind: 'Kind',
    event: 'Event',
    code: 'Code',
    deviceId: 'Device id',
  },
  sortedPart: 'Sorted are the newest 10,000 lines that the filters leave; by time, all.',
  older: 'Older lines',
  newer: 'Newer lines',
  next: 'Next lines',
  previous: 'Previous lines',
  newest: 'Newest lines',
  fresh: (count: number, isMore: boolean) =>
    isMore ? `${count}+ new lines` : count === 1 ? '1 new line' : `${count} new lines`,
  shown: (count: number) => (count === 1 ? '1 line is shown.' : `${count} lines are shown.`),
  /** What a screen reader says once, when a question is answered. */
  found: (count: number) => (count === 0 ? 'Nothing found.' : `Found: ${count}.`),
  searching: 'The log is searched',
  looking: (looked: number, found: number) => `Looked through ${numberText(looked)} lines so far, found ${found}.`,
  looked: (looked: number) => `Stopped after ${numberText(looked)} lines.`,
  stop: 'Stop',
  goOn: 'Go on looking',

  kept: 'How long lines are kept',
  keptIs: (lines: number, days: number | null, auditDays: number) =>
    `Of what Ewons cause, the newest ${numberText(lines)} lines${days === null ? '' : `, for ${days} days`}; lines about users and decisions for ${auditDays} days.`,
  keptLines: 'Lines that Ewons cause, 1,000 to 100,000,000',
  keptDays: 'Days of these, 1 to 3650',
  keptEver: 'empty: however old they are',
  keptAuditDays: 'Days of lines about users and decisions, 1 to 3650',
  keptText:
    'What is too old or too much is forgotten within some minutes, for good. Export it first if it may be asked for.',
  keep: 'Keep so many',
  keptSaved: 'Saved: how long lines are kept.',
} as const;

/** The kinds of log lines, as the filter names them; the empty one is all of them. */
export const LOG_FILTERS = {
  '': 'Everything',
  user: 'User messages',
  error: 'Errors',
  message: 'Other messages',
} as const;
/** The kinds of log lines, as one line is called. */
export const LOG_KINDS: Readonly<Record<string, string>> = { user: 'User message', error: 'Error', message: 'Message' };
