import { RADIO_TYPES } from '@ewon-agent/contracts';
import type { CellCount } from '../../core/cells.ts';
import type { TwoFactorPolicy } from '../../core/two-factor.ts';
import type { CellImport } from '../../service/cells.ts';
import type { LogKept } from '../../store/lists.ts';
import type { AboutView, ContactView } from '../admin-about.ts';
import { readCellQuery, readLogQuery, readPool } from '../bodies.ts';
import { readLines, readLogFile, readLogKept } from '../list-bodies.ts';
import type { LogPageView } from '../list-views.ts';
import { readAbout, readContact, readContactChange, readPasswordPolicy, readTwoFactorPolicy } from '../user-bodies.ts';
import type { AccountView } from '../views.ts';
import { fingerprint, passwordPolicy, time } from './common.ts';
import { type Declarations, JSON_TYPE, json } from './declared.ts';
import { as, count, list, named, object, oneOf, optional, orNull, text, three, yesOrNo } from './shape.ts';
import { logLine } from './views.ts';

const account = named(
  'Account',
  object<AccountView>({
    ...{ id: text(), name: text(), deviceUrl: text(), mqttUrls: list(text()), accountKeyFingerprint: fingerprint },
    version: text(),
    ...{ ca: text(), time, ewonFields: three(), csrf: optional(text()) },
  }),
);
const about = named(
  'About',
  object<AboutView>({
    ...{ name: text(), company: text(), address: text(), reference: text(), ewonFields: three(), userFields: three() },
  }),
);
const contact = named('Contact', object<ContactView>({ id: text(), name: text(), email: text(), phone: text() }));
export const twoFactorPolicy = named(
  'TwoFactorPolicy',
  object<TwoFactorPolicy>({
    ...{ enabled: yesOrNo, forNewUsers: yesOrNo, rememberPcs: yesOrNo, rememberDays: count },
  }),
);
const pools = json(list(text()));
const kept = json(object<LogKept>({ lines: count, days: orNull(count), auditDays: count }));
const cells = list(object<CellCount>({ mcc: count, mnc: count, radio: oneOf(RADIO_TYPES), cells: count }));
const refusedLines = { type: 'object', additionalProperties: { type: 'object' } };
const imported = object<CellImport>({ lines: count, taken: count, left: count, refused: as(refusedLines) });

/** What is of the account as a whole: information, pools, policies of users, its log, its table of cells. */
export const ACCOUNT_ROUTES: Declarations = {
  'GET /api/v1/account': { summary: 'How devices and programs know this account', answers: json(account) },
  'GET /api/v1/about': { summary: 'What is told of the account', answers: json(about) },
  'PATCH /api/v1/about': {
    summary: 'Changes what is told of the account; what is not named stays',
    body: readAbout,
    answers: json(about),
  },
  'GET /api/v1/contacts': { summary: 'Who gets announcements', answers: json(list(contact)) },
  'POST /api/v1/contacts': { summary: 'Adds a contact', body: readContact, answers: json(contact) },
  'PATCH /api/v1/contacts/:id': {
    summary: 'Changes a contact; what is not named stays',
    body: readContactChange,
    answers: json(contact),
  },
  'DELETE /api/v1/contacts/:id': { summary: 'Removes a contact', answers: json(contact) },
  'GET /api/v1/pools': { summary: 'Pools that are seen', answers: pools },
  'POST /api/v1/pools': { summary: 'Adds a pool', body: readPool, answers: pools },
  'DELETE /api/v1/pools/:name': { summary: 'Removes a pool that nothing is in', answers: pools },
  'GET /api/v1/password-policy': { summary: 'What passwords must be', answers: json(passwordPolicy) },
  'PATCH /api/v1/password-policy': {
    summary: 'Changes what new passwords must be; what is not named stays',
    body: readPasswordPolicy,
    answers: json(passwordPolicy),
  },
  'GET /api/v1/two-factor-policy': { summary: 'Who shows a code', answers: json(twoFactorPolicy) },
  'PATCH /api/v1/two-factor-policy': {
    summary: 'Changes who shows a code; what is not named stays',
    body: readTwoFactorPolicy,
    answers: json(twoFactorPolicy),
  },
  'GET /api/v1/log': {
    summary: 'The newest lines of the log, oldest first',
    query: readLogQuery,
    answers: { [JSON_TYPE]: list(logLine), 'text/csv': text(), 'text/plain': text() },
  },
  'GET /api/v1/log/lines': {
    summary: 'The log page by page, the newest first unless told',
    query: readLines,
    answers: json(object<LogPageView>({ lines: list(logLine), next: orNull(text()) })),
  },
  'GET /api/v1/log/export': {
    summary: 'The log as a file, oldest first',
    query: readLogFile,
    answers: { 'text/csv': text(), 'text/plain': text() },
  },
  'GET /api/v1/log/retention': { summary: 'How long lines of the log are kept', answers: kept },
  'PATCH /api/v1/log/retention': {
    summary: 'Changes how long lines are kept; what is not named stays',
    body: readLogKept,
    answers: kept,
  },
  'GET /api/v1/cells': { summary: 'How many cells of mobile networks are known', answers: json(cells) },
  'POST /api/v1/cells': {
    summary: 'Takes a table of cells, as text or packed by gzip',
    query: readCellQuery,
    takes: { 'application/octet-stream': text() },
    answers: json(imported),
  },
};
