import type { MeView, QrView, SetupView } from '../admin-me.ts';
import type { SessionView } from '../session.ts';
import { readCode, readNewPassword, readOnce, readPassword, readSignIn } from '../user-bodies.ts';
import { twoFactorPolicy } from './account.ts';
import { passwordPolicy, permission, time } from './common.ts';
import { type Declarations, json } from './declared.ts';
import { as, count, list, object, oneOf, orNull, text, yesOrNo } from './shape.ts';

const twoFactor = oneOf(['off', 'wanted', 'on']);
const me = object<MeView>({
  ...{ name: text(), isAdministrator: yesOrNo, permissions: list(permission), passwordPolicy, twoFactorPolicy },
  user: orNull(
    object<NonNullable<MeView['user']>>({
      ...{ login: text(), twoFactor, twoFactorSince: orNull(time), passwordExpiresAt: orNull(time) },
      recoveryCodes: count,
    }),
  ),
});
const session = object<SessionView>({
  ...{ id: text(), createdAt: time, expiresAt: time, network: text(), browser: text(), isThis: yesOrNo },
});
const codes = json(object<{ readonly recoveryCodes: readonly string[] }>({ recoveryCodes: list(text()) }));

/** Signing in, what everybody does with himself, what changes, and this document. */
export const SESSION_ROUTES: Declarations = {
  'POST /api/v1/session': {
    summary:
      'Signs a browser in, by password or by one-time link; the cookie is the session, and each change carries csrf as x-csrf',
    body: { schema: { anyOf: [readSignIn.schema, readOnce.schema] } },
    answers: json(object<{ readonly csrf: string }>({ csrf: text() })),
  },
  'DELETE /api/v1/session': { summary: 'Signs out', answers: 'nothing' },
  'GET /api/v1/sessions': { summary: 'Own sessions', answers: json(list(session)) },
  'DELETE /api/v1/sessions/:id': { summary: 'Ends one of the own sessions', answers: 'nothing' },
  'POST /api/v1/one-time-links': {
    summary: 'Makes a link that signs one browser in; for whoever holds the machine',
    answers: json(object<{ readonly once: string }>({ once: text() })),
  },
  'POST /api/v1/one-time-links/end': {
    summary: 'Ends all sessions of one-time links but the one that asks, and links that were not opened yet',
    answers: 'nothing',
  },
  'GET /api/v1/me': { summary: 'Who is signed in, and what he may', answers: json(me) },
  'POST /api/v1/me/password': {
    summary: 'Changes the own password',
    body: readNewPassword,
    answers: json(object<{ readonly passwordExpiresAt: string | null }>({ passwordExpiresAt: orNull(time) })),
  },
  'POST /api/v1/me/two-factor': {
    summary: 'Begins to turn two-factor on: what an app is set up with',
    body: readPassword,
    answers: json(
      object<SetupView>({
        ...{ secret: text(), uri: text(), qr: object<QrView>({ size: count, path: text() }) },
      }),
    ),
  },
  'POST /api/v1/me/two-factor/confirm': {
    summary: 'Turns two-factor on by the first code of the app',
    body: readCode,
    answers: codes,
  },
  'POST /api/v1/me/recovery-codes': { summary: 'Makes new recovery codes', body: readPassword, answers: codes },
  'POST /api/v1/me/two-factor/off': {
    summary: 'Turns two-factor off',
    body: readPassword,
    answers: json(object<{ readonly twoFactor: 'off' | 'wanted' | 'on' }>({ twoFactor })),
  },
  'GET /api/v1/events': {
    summary: 'Server-sent events: each change that is seen, as {type, id, row}',
    answers: { 'text/event-stream': text() },
  },
  'GET /api/v1/openapi.json': { summary: 'This document', answers: json(as({ type: 'object' })) },
};
