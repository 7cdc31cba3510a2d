import { CANDIDATE_REASONS } from '../../core/candidates.ts';
import type { EwonProperties } from '../../core/records.ts';
import type {
  BulkLine,
  CandidateView,
  EwonCountsView,
  EwonPageView,
  EwonRowView,
  LocatedView,
  ReplacementView,
} from '../list-views.ts';
import type { EwonView, GrkView, LogLineView, RegistrationView } from '../views.ts';
import { deviceId, fingerprint, grkId, grkIdOrNone, problem, serial, severity, time } from './common.ts';
import { health, inventory, location, locationOffBy, patchMessage, wan } from './messages.ts';
import { count, either, list, named, object, oneOf, optional, orNull, record, text, three } from './shape.ts';

// The views that many routes answer with.

const ewonMembers = {
  ...{ deviceId, name: text(), pool: text(), description: text(), customFields: three(), serial, model: text() },
  ...{ firmware: text(), agent: text(), note: text(), fingerprint, certificateSerial: text() },
  link: oneOf(['linked', 'unlinked', 'removed', 'replaced']),
  ...{ status: oneOf(['online', 'offline']), lastSeen: orNull(time), createdAt: time },
  ...{ quarantinedAt: orNull(time), renewalAskedAt: orNull(time), alarms: count },
  ...{ inventory: optional(inventory), health: optional(health), wan: optional(wan), patch: optional(patchMessage) },
  ...{ patchWhy: optional(text()), location: optional(location), locationOff: optional(locationOffBy) },
};
export const ewon = named('Ewon', object<EwonView>(ewonMembers));
const ewonRow = named('EwonRow', object<EwonRowView>({ ...ewonMembers, undoUntil: optional(time) }));
export const ewonPage = named(
  'EwonPage',
  object<EwonPageView>({ rows: list(ewonRow), total: count, next: orNull(text()) }),
);
const countsBy = record(count);
export const ewonCounts = named(
  'EwonCounts',
  object<EwonCountsView>({
    ...{ total: count, online: count, alarms: count, located: count, fields: three() },
    locationOff: object<EwonCountsView['locationOff']>({ account: count, board: count, device: count, unknown: count }),
    by: object<EwonCountsView['by']>({
      pool: countsBy,
      firmware: countsBy,
      agent: countsBy,
      link: countsBy,
      patch: countsBy,
    }),
  }),
);
export const located = object<LocatedView>({
  ...{ deviceId, name: text(), serial, pool: text(), status: oneOf(['online', 'offline']), alarms: count, location },
});
const placed = object<ReplacementView['replaced']>({ deviceId, name: text(), serial });
export const replacement = object<ReplacementView>({
  ...{ deviceId, name: text(), serial, replaced: placed, at: time, until: time },
});
export const properties = object<EwonProperties>({
  ...{ name: text(), pool: text(), description: text(), customFields: three() },
});
type Done = Extract<BulkLine, { ok: true }>;
type Failed = Extract<BulkLine, { ok: false }>;
export const bulkLine = named(
  'BulkLine',
  either<[Done, Failed]>(
    object<Done>({ id: text(), done: count, of: count, ok: oneOf([true]), name: text() }),
    object<Failed>({ id: text(), done: count, of: count, ok: oneOf([false]), problem }),
  ),
);

export const registration = named(
  'Registration',
  object<RegistrationView>({
    ...{ id: text(), state: oneOf(['pending', 'approved', 'replaced', 'rejected', 'void', 'expired']), serial },
    ...{ model: text(), firmware: text(), agent: text(), macs: list(text()), note: text(), fingerprint },
    ...{ network: text(), address: text(), slot: text(), t2mSha256: text(), grkId: grkIdOrNone, pool: text() },
    ...{ replaces: orNull(deviceId), createdAt: time, decidedAt: orNull(time), deviceId: orNull(deviceId) },
  }),
);
export const candidate = named(
  'Candidate',
  object<CandidateView>({
    ewon,
    reasons: list(object<CandidateView['reasons'][number]>({ is: oneOf(CANDIDATE_REASONS), text: text() })),
  }),
);

/** Members of a registration key, for views that add some. */
export const grkMembers = {
  ...{ id: grkId, state: oneOf(['active', 'revoked']), origin: oneOf(['made', 'imported']), pool: text() },
  ...{ note: text(), pending: count, createdAt: time, expiresAt: orNull(time), revokedAt: orNull(time) },
  ...{ usesMax: orNull(count), uses: count, exports: count },
};
export const grk = named('RegistrationKey', object<GrkView>(grkMembers));

export const logLine = named(
  'LogLine',
  object<LogLineView>({
    ...{ id: count, at: time, name: text(), subject: oneOf(['Ewon', 'User']) },
    ...{ kind: oneOf(['error', 'user', 'message']), severity, code: orNull(text()), event: text() },
    deviceId: orNull(deviceId),
  }),
);
