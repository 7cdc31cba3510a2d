import type { AccountId, Fingerprint, Timestamp } from '@ewon-agent/contracts';
import { FIRST_PASSWORD_POLICY } from '../../../core/password-policy.ts';
import { PERMISSIONS } from '../../../core/permissions.ts';
import { FIRST_TWO_FACTOR_POLICY } from '../../../core/two-factor.ts';
import type { Ewon, Grk, Problem, Registration } from '../api-types.ts';
import type { Lists } from '../page-state.ts';

// Rows for tests: each whole, with what a test is about given. Texts become names of a kind here, unread.

type Loose<T> = { readonly [K in keyof T]?: T[K] extends string | null ? string | T[K] : T[K] };

const AT = '2026-11-23T11:00:00.000Z' as Timestamp;
export const PROBLEM: Problem = { code: 'LINK_USED', title: 'The link was used.', detail: '', next: 'Make another.' };

/** A registration that waits. */
export function aRegistration(told: Loose<Registration>): Registration {
  return {
    id: 'r',
    state: 'pending',
    serial: '1524-0071-21',
    model: 'Flexy 205',
    firmware: '14.9s0',
    agent: '0.1.0',
    macs: [],
    note: '',
    fingerprint: '4f2a-90c1-77be-03d5',
    network: '192.0.2.0/24',
    address: '192.0.2.1',
    slot: 'sd0',
    t2mSha256: '',
    grkId: '9f3c01ab',
    pool: 'Default',
    replaces: null,
    createdAt: '2026-11-23T11:00:00.000Z',
    decidedAt: null,
    deviceId: null,
    ...told,
  } as Registration;
}

/** An Ewon that is online; its id is made of its name. */
export function anEwon(told: Loose<Ewon> & { readonly name: string }): Ewon {
  return {
    deviceId: `d_${told.name}`,
    serial: '1524-0071-21',
    model: 'Flexy 205',
    firmware: '14.9s0',
    agent: '0.1.0',
    note: '',
    fingerprint: '4f2a-90c1-77be-03d5',
    link: 'linked',
    status: 'online',
    lastSeen: null,
    alarms: 0,
    certificateSerial: '01',
    createdAt: '2026-11-23T11:00:00.000Z',
    pool: 'Default',
    description: '',
    customFields: ['', '', ''],
    ...told,
  } as Ewon;
}

/** A key that is valid. */
export function aKey(told: Loose<Grk>): Grk {
  return {
    id: '9f3c01ab',
    state: 'active',
    origin: 'made',
    pool: 'Default',
    note: '',
    pending: 0,
    createdAt: '2026-11-23T11:00:00.000Z',
    expiresAt: null,
    revokedAt: null,
    ...told,
  } as Grk;
}

/** All lists, empty but for what is given. */
export function lists(told: Partial<Lists>): Lists {
  return {
    account: {
      id: 'a_aaaaaaaaaaaaaaaaaaaaaaaaaa' as AccountId,
      name: 'Water works',
      deviceUrl: '',
      mqttUrls: ['mqtts://127.0.0.1:8883'],
      accountKeyFingerprint: '4f2a-90c1-77be-03d5' as Fingerprint,
      version: '0.1.0',
      ca: '',
      time: AT,
      ewonFields: ['', '', ''],
    },
    me: {
      ...{ name: 'administrator', isAdministrator: true, permissions: PERMISSIONS, user: null },
      ...{ passwordPolicy: FIRST_PASSWORD_POLICY, twoFactorPolicy: FIRST_TWO_FACTOR_POLICY },
    },
    registrations: [],
    grks: [],
    pools: ['Default'],
    autoRegistration: { enabled: true, pool: 'Default' },
    policy: { version: 1, issuedAt: AT, geolocation: true, remoteManagement: true, denied: [] },
    clockAheadMs: 0,
    ...told,
  };
}
