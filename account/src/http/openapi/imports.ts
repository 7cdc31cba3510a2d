import type { AccountId, Code, MovableEwon } from '@ewon-agent/contracts';
import type { StayingEwon, TheirWord } from '../../core/imports/imports.ts';
import type { HandoverGrant, LeavingList } from '../../service/imports/handover.ts';
import type { ImportedEwonView, ImportSummary, ImportView, StayingEwonView } from '../imports/admin-imports.ts';
import { moveNews, moveOrder, readHandoverClaim, readImportStart, readNewImport } from '../imports/import-bodies.ts';
import { deviceId, serial, time } from './common.ts';
import { type Declarations, json } from './declared.ts';
import { count, list, named, object, oneOf, orNull, text, yesOrNo } from './shape.ts';

const code = text<Code>({ pattern: '^[A-Z][A-Z0-9_]*$' });
const summaryMembers = {
  ...{ id: text(), state: oneOf(['listed', 'running', 'done', 'ended']), pool: text(), by: text() },
  ...{ createdAt: time, startedAt: orNull(time) },
  source: object<ImportSummary['source']>({ id: text(), name: text(), url: text() }),
  counts: object<ImportSummary['counts']>({ waiting: count, moved: count, failed: count, stayed: count }),
  trouble: orNull(object<NonNullable<ImportSummary['trouble']>>({ code, text: text(), detail: text(), next: text() })),
};
const summary = named('ImportSummary', object<ImportSummary>(summaryMembers));
const movedState = oneOf(['listed', 'waiting', 'moved', 'failed', 'stayed']);
const whole = named(
  'Import',
  object<ImportView>({
    ...summaryMembers,
    changedAt: time,
    ewons: list(
      object<ImportedEwonView>({
        ...{ key: text(), serial, model: text(), sourceName: text(), name: text(), state: movedState },
        ...{ reason: orNull(text()), reasonText: text(), deviceId: orNull(deviceId), isOrdered: yesOrNo },
      }),
    ),
    staying: list(object<StayingEwonView>({ name: text(), serial: text(), model: text(), why: code, whyText: text() })),
  }),
);

/** Ewons that come from another account. */
export const IMPORT_ROUTES: Declarations = {
  'GET /api/v1/imports': { summary: 'Imports from other accounts', answers: json(list(summary)) },
  'GET /api/v1/imports/:id': { summary: 'An import, and each Ewon of it', answers: json(whole) },
  'POST /api/v1/imports': {
    summary: 'Lists what another account may hand over, for the password of an Administrator there',
    body: readNewImport,
    answers: json(whole),
  },
  'POST /api/v1/imports/:id/start': {
    summary: 'Has the chosen Ewons move',
    body: readImportStart,
    answers: json(whole),
  },
  'POST /api/v1/imports/:id/end': { summary: 'Ends it; what has not moved stays', answers: json(whole) },
};

const theirWord = object<TheirWord>({
  ...{ key: text(), state: oneOf(['ordered', 'moved', 'failed']), reason: orNull(text()) },
});
const jwk = object<MovableEwon['jwk']>({ kty: oneOf(['OKP']), crv: oneOf(['Ed25519']), x: text() });
const nothing = object<Record<never, never>>({});

/** What another account asks that imports from this one; with the right that it was given, as `Bearer`. */
export const HANDOVER_ROUTES: Declarations = {
  'POST /api/v1/handover': {
    summary: 'Gives another account the right to import, for the password of an Administrator',
    body: readHandoverClaim,
    answers: json(
      object<HandoverGrant>({
        right: text(),
        account: object<{ id: AccountId; name: string }>({ id: text(), name: text() }),
      }),
    ),
  },
  'GET /api/v1/handover/ewons': {
    byRight: true,
    summary: 'Ewons that may move, and those that may not, with why',
    answers: json(
      object<LeavingList>({
        movable: list(object<MovableEwon>({ name: text(), serial, model: text(), jwk })),
        staying: list(object<StayingEwon>({ name: text(), serial: text(), model: text(), why: code })),
      }),
    ),
  },
  'GET /api/v1/handover/moves': {
    byRight: true,
    summary: 'How those stand that were ordered',
    answers: json(list(theirWord)),
  },
  'POST /api/v1/handover/moves': {
    byRight: true,
    summary: 'Orders Ewons to go to the other account',
    body: { schema: moveOrder },
    answers: json(list(theirWord)),
  },
  'POST /api/v1/handover/news': {
    byRight: true,
    summary: 'Tells who has come, and who is not expected any more',
    body: { schema: moveNews },
    answers: json(nothing),
  },
  'DELETE /api/v1/handover': { byRight: true, summary: 'Gives the right back', answers: json(nothing) },
};
