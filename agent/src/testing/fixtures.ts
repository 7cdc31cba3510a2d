import {
  type AccountId,
  accountIdFrom,
  commandIdFrom,
  type DeviceId,
  deviceIdFrom,
  type FlattenedJws,
  type Grant,
  type GrkId,
  parseSlotId,
  type SlotId,
  topicPrefixFor,
} from '@ewon-agent/contracts';
import type { Link, SavedMove, SavedRequest, SavedWizard } from '../core/model.ts';

// Made-up values for tests of the core. Nothing here is a real key.

export const SD0: SlotId = slot('sd0');
export const USB1: SlotId = slot('usb1');
export const ACCOUNT: AccountId = accountIdFrom(new Uint8Array(17).fill(1));
export const DEVICE: DeviceId = deviceIdFrom(new Uint8Array(17).fill(2));
export const OTHER_DEVICE: DeviceId = deviceIdFrom(new Uint8Array(17).fill(3));
export const LOCATION = 'https://account.test/device/v1/registrations/token-1';
const ADDRESS = { directoryUrl: 'https://account.test/device/v1/directory', ca: 'PEM' };
const JWS: FlattenedJws = { protected: 'e30', payload: 'e30', signature: 'AA' };

/** A saved request; `n` tells requests and keys apart. */
export function savedRequest(n = 1): SavedRequest {
  return {
    requestId: `request-${n}`,
    account: ADDRESS,
    grkId: `0000000${n}` as GrkId,
    grkBinding: JWS,
    note: 'line 4',
    evidence: { slot: SD0, t2mSha256: 'a'.repeat(64) },
  };
}

/** What a person gave the wizard. */
export function savedWizard(requestId = 'wizard-1'): SavedWizard {
  return { requestId, account: ADDRESS, wizard: { account: 'Acme', user: 'anna', name: 'press-4' } };
}

export function grant(status: Grant['status'] = 'approved'): Grant {
  return {
    status,
    deviceId: DEVICE,
    account: { id: ACCOUNT, name: 'Acme' },
    name: 'press-4',
    pool: 'Default',
    customFields: ['', '', ''],
    certificate: 'CERT',
    ca: 'CA',
    accountKeys: [],
    mqtt: {
      urls: ['mqtts://a.test:8883', 'mqtts://b.test:8883'],
      topicPrefix: topicPrefixFor({ accountId: ACCOUNT, deviceId: DEVICE }),
    },
  };
}

export function link(): Link {
  const { deviceId, account, name, pool, certificate, ca, accountKeys, mqtt } = grant();
  return {
    account: { ...ADDRESS, ...account },
    location: LOCATION,
    deviceId,
    name,
    pool,
    certificate,
    ca,
    accountKeys,
    mqtt,
  };
}

// another account, to which an Ewon is moved

export const OTHER_ACCOUNT: AccountId = accountIdFrom(new Uint8Array(17).fill(4));
export const OTHER_LOCATION = 'https://other.test/device/v1/registrations/token-2';
const OTHER_KEY = 'A'.repeat(43);

/** An order to the other account, which expires an hour later; `n` tells commands apart. */
export function savedMove(n = 1): SavedMove {
  const directoryUrl = 'https://other.test/device/v1/directory';
  return {
    ...{ requestId: `move-${n}`, move: 'M'.repeat(22), accountKey: OTHER_KEY },
    account: { directoryUrl, ca: 'OTHER PEM', id: OTHER_ACCOUNT, name: 'Globex' },
    ...{ command: commandIdFrom(new Uint8Array(17).fill(n)), expiresAt: '2026-03-01T13:00:00.000Z' },
  };
}

/** What the other account grants. */
export function otherGrant(): Grant {
  return {
    ...{
      ...grant(),
      deviceId: OTHER_DEVICE,
      account: { id: OTHER_ACCOUNT, name: 'Globex' },
      certificate: 'OTHER CERT',
    },
    accountKeys: [{ kty: 'OKP', crv: 'Ed25519', x: OTHER_KEY }],
    mqtt: {
      urls: ['mqtts://other.test:8883'],
      topicPrefix: topicPrefixFor({ accountId: OTHER_ACCOUNT, deviceId: OTHER_DEVICE }),
    },
  };
}

/** The link that comes of it. */
export function otherLink(): Link {
  const { deviceId, account, name, pool, certificate, ca, accountKeys, mqtt } = otherGrant();
  const { directoryUrl, ca: trusted } = savedMove().account;
  return {
    account: { directoryUrl, ca: trusted, ...account },
    ...{ location: OTHER_LOCATION, deviceId, name, pool, certificate, ca, accountKeys, mqtt },
  };
}

function slot(name: string): SlotId {
  const parsed = parseSlotId(name);
  if (!parsed.ok) throw new Error(`this is a bug: ${name}`);
  return parsed.value;
}
