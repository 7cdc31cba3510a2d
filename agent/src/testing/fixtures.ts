import {
  type AccountId,
  accountIdFrom,
  type DeviceId,
  deviceIdFrom,
  type FlattenedJws,
  type Grant,
  type GrkId,
  parseSlotId,
  type SlotId,
  topicPrefixFor,
} from '@ewon-agent/contracts';
import type { Link, SavedRequest, SavedWizard } from '../core/model.ts';

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

function slot(name: string): SlotId {
  const parsed = parseSlotId(name);
  if (!parsed.ok) throw new Error(`this is a bug: ${name}`);
  return parsed.value;
}
