import {
  type AccountId,
  accountIdFrom,
  commandIdFrom,
  deviceIdFrom,
  type GrkId,
  HOUR_MS,
  parseGrkId,
  timestampOf,
} from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/testing';
import type { AlarmRecord } from '../core/alarms.ts';
import type { CommandRecord, EwonRecord, GrkRecord, LogEntry, RegistrationRecord } from '../core/records.ts';
import type { AccountRow, TelemetryRecord } from '../store/store.ts';
import { NOW_MS, SERIAL } from './facts.ts';

// Records that a store may be given; each call makes others.

let made = 0;
const next = (): string => `n${++made}`;
const at = timestampOf(NOW_MS);
export const GRK_ID: GrkId = assertOk(parseGrkId('0123abcd'));

export function accountRow(facts: Partial<AccountRow> = {}): AccountRow {
  const accountId: AccountId = accountIdFrom(new Uint8Array(17).fill(++made));
  return { accountId, name: 'A', autoRegistration: true, autoRegistrationPool: 'Default', createdAt: at, ...facts };
}

export function registrationRecord(facts: Partial<RegistrationRecord> = {}): RegistrationRecord {
  return {
    ...{ registrationId: next(), token: next(), requestId: next(), publicKey: next() },
    fingerprint: '4f2a-90c1-77be-03d5' as RegistrationRecord['fingerprint'],
    ...{ serial: SERIAL, model: 'Flexy 202', firmware: '14.6s0', agent: '0.1.0', macs: ['00:11:22:33:44:55'] },
    ...{ note: 'Pump', csr: 'CSR', address: '192.0.2.1', network: '192.0.2.0/24', grkId: GRK_ID, state: 'pending' },
    evidence: { slot: 'sd0' as RegistrationRecord['evidence']['slot'], t2mSha256: 'a'.repeat(64) },
    ...{ replaces: null, pool: 'Default', createdAt: at, decidedAt: null, deviceId: null },
    ...facts,
  };
}

export function ewonRecord(facts: Partial<EwonRecord> = {}): EwonRecord {
  return {
    deviceId: deviceIdFrom(new Uint8Array(17).fill(++made)),
    ...{ registrationId: next(), name: next(), pool: 'Default', description: 'd', customFields: ['1', '2', '3'] },
    ...{ publicKey: next(), serial: SERIAL, model: 'm', firmware: 'f', agent: 'a', note: 'n', link: 'linked' },
    fingerprint: '4f2a-90c1-77be-03d5' as EwonRecord['fingerprint'],
    ...{ brokerTold: true, online: false, lastSeenAt: null, certificateSerial: next(), createdAt: at },
    ...{ quarantinedAt: null, renewalAskedAt: null, renewalAllowedAt: null, boots: null },
    ...facts,
  };
}

export function grkRecord(facts: Partial<GrkRecord> = {}): GrkRecord {
  return {
    ...{ grkId: GRK_ID, sealedKey: 'sealed', state: 'active', origin: 'made', pool: 'Default', note: '' },
    ...{ createdAt: at, expiresAt: null, revokedAt: null, usesMax: null, uses: 0, exports: 0 },
    ...facts,
  };
}

export function logEntry(facts: Partial<LogEntry> = {}): LogEntry {
  return { at, name: 'n', subject: 'Ewon', severity: 'info', code: null, event: 'happened', deviceId: null, ...facts };
}

export function telemetryRecord(facts: Partial<TelemetryRecord> & Pick<TelemetryRecord, 'deviceId'>): TelemetryRecord {
  const samples = [{ tag: 'T', value: 1.5 }] as const;
  return { epoch: 'e', seq: 1, at, receivedAt: at, samples, ...facts };
}

export function alarmRecord(facts: Partial<AlarmRecord> & Pick<AlarmRecord, 'deviceId'>): AlarmRecord {
  return {
    ...{ code: 'A', open: true, severity: 'error', text: 't', openedAt: at, lastAt: at, count: 1, epoch: 'e', seq: 1 },
    ...facts,
  };
}

/** A command that expires an hour after it was sent. */
export function commandRecord(facts: Partial<CommandRecord> = {}): CommandRecord {
  return {
    commandId: commandIdFrom(new Uint8Array(17).fill(++made)),
    deviceId: deviceIdFrom(new Uint8Array(17).fill(1)),
    ...{ name: 'status', arguments: {}, issuedAt: at, expiresAt: timestampOf(NOW_MS + HOUR_MS), state: 'init' },
    ...{ saidBy: 'account', reason: null, detail: null, result: null, changedAt: at },
    ...facts,
  };
}
