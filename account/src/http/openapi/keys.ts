import type { GrkId } from '@ewon-agent/contracts';
import type { GrkTerms } from '../../core/grk-terms.ts';
import type { CardPair } from '../../service/card-export.ts';
import type { GrkWorth } from '../../service/grk-edit.ts';
import {
  grkId as grkIdForm,
  readAutoRegistration,
  readExportQuery,
  readGrkSettings,
  readImport,
  readRenew,
} from '../bodies.ts';
import type { AccountKeyView, AutoRegistrationView, GrkView } from '../views.ts';
import { counted, fingerprint, grkId, time } from './common.ts';
import { type Declarations, JSON_TYPE, json } from './declared.ts';
import { count, list, named, object, oneOf, orNull, text, yesOrNo } from './shape.ts';
import { grk, grkMembers } from './views.ts';

const byGrk = { path: { id: grkIdForm } };
const accountKeys = list(
  named(
    'AccountKey',
    object<AccountKeyView>({
      ...{ number: count, fingerprint, publicKey: text(), state: oneOf(['next', 'current', 'old']), createdAt: time },
    }),
  ),
);
const autoRegistration = named('AutoRegistration', object<AutoRegistrationView>({ enabled: yesOrNo, pool: text() }));
const terms = object<GrkTerms>({ expiresAt: orNull(time), usesMax: orNull(count) });
const base64 = text({ contentEncoding: 'base64' });

/** Registration keys, cards, and the keys of the account. */
export const KEY_ROUTES: Declarations = {
  'GET /api/v1/grks': { summary: 'Registration keys, by their ids', answers: json(list(grk)) },
  'POST /api/v1/grks': { summary: 'Makes a registration key', body: readGrkSettings, answers: json(grk) },
  'PATCH /api/v1/grks/:id': {
    ...byGrk,
    summary: 'Changes pool, note, end or uses of a registration key',
    body: readGrkSettings,
    answers: json(grk),
  },
  'DELETE /api/v1/grks/:id': {
    ...byGrk,
    summary: 'Revokes a registration key; requests that wait with it become void',
    answers: json(counted('voided')),
  },
  'GET /api/v1/grks/:id/key': {
    ...byGrk,
    summary: 'The registration key itself',
    answers: json(object<{ readonly key: string }>({ key: text() })),
  },
  'GET /api/v1/grks/:id/worth': {
    ...byGrk,
    summary: 'What hangs on a registration key',
    answers: json(object<GrkWorth>({ grkId, waiting: count, cards: count, ewons: count, renewed: terms })),
  },
  'GET /api/v1/grks/:id/export': {
    ...byGrk,
    summary: 'A card with this key: a file for it, its image, or both its files in base64',
    query: readExportQuery,
    answers: {
      'application/octet-stream': text(),
      [JSON_TYPE]: object<Record<keyof CardPair, string>>({ t2mTxt: base64, t2mJson: base64 }),
    },
  },
  'POST /api/v1/grks/renew': {
    summary: 'Makes a key in the place of one that is revoked',
    body: readRenew,
    answers: json(
      object<GrkView & { readonly revoked: GrkId; readonly voided: number }>({
        ...grkMembers,
        ...{ revoked: grkId, voided: count },
      }),
    ),
  },
  'POST /api/v1/grks/import': { summary: 'Takes a registration key of Talk2M', body: readImport, answers: json(grk) },
  'GET /api/v1/auto-registration': {
    summary: 'Whether Ewons are approved by themselves',
    answers: json(autoRegistration),
  },
  'PATCH /api/v1/auto-registration': {
    summary: 'Has Ewons ask by themselves, or not; what is not named stays',
    body: readAutoRegistration,
    answers: json(autoRegistration),
  },
  'GET /api/v1/account-keys': { summary: 'Keys that the account signs with', answers: json(accountKeys) },
  'POST /api/v1/account-keys': { summary: 'Announces the next key of the account', answers: json(accountKeys) },
  'POST /api/v1/account-keys/switch': {
    summary: 'Signs with the announced key from now on',
    answers: json(accountKeys),
  },
};
