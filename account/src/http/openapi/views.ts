import { CANDIDATE_REASONS } from '../../core/candidates.ts';
import type { BulkLine, CandidateView, EwonCountsView, EwonPageView } from '../list-views.ts';
import type { EwonView, GrkView, LogLineView, RegistrationView } from '../views.ts';
import { deviceId, fingerprint, grkId, grkIdOrNone, problem, serial, severity, time } from './common.ts';
import { health, inventory, location, locationOffBy, patchMessage, wan } from './messages.ts';
import { count, either, list, named, object, oneOf, optional, orNull, record, text, three } from './shape.ts';

// The views that many routes answer with.

export const ewon = named(
  'Ewon',
  object<EwonView>({
    ...{ deviceId, name: text(), pool: text(), description: text(), customFields: three(), serial, model: text() },
    ...{ firmware: text(), agent: text(), note: text(), fingerprint, certificateSerial: text() },
    link: oneOf(['linked', 'unlinked', 'removed', 'replaced']),
    ...{ status: oneOf(['online', 'offline']), lastSeen: orNull(time), createdAt: time },
    ...{ quarantinedAt: orNull(time), renewalAskedAt: orNull(time), alarms: count },
    ...{ inventory: optional(inventory), health: optional(health), wan: optional(wan), patch: optional(patchMessage) },
    ...{ patchWhy: optional(text()), location: optional(location), locationOff: optional(locationOffBy) },
  }),
);
export const ewonPage = named(
  'EwonPage',
  object<EwonPageView>({ rows: list(ewon), total: count, next: orNull(text()) }),
);
const countsBy = record(count);
export const ewonCounts = named(
  'EwonCounts',
  object<EwonCountsView>({
    ...{ total: count, online: count, alarms: count, fields: three() },
    by: object<EwonCountsView['by']>({ pool: countsBy, firmware: countsBy, link: countsBy, patch: countsBy }),
  }),
);
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
