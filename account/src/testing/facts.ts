import { deviceIdFrom, parseSerial, timestampOf } from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/testing';
import type { KnownEwon, RegistrationFacts } from '../core/registration.ts';

export const NOW_MS = Date.parse('2026-03-01T12:00:00.000Z');
export const KEY = 'key of the device';
export const OTHER_KEY = 'key of another device';
export const SERIAL = assertOk(parseSerial('1524-0071-21'));
export const OTHER_SERIAL = assertOk(parseSerial('1524-0072-21'));

let made = 0;

/** An Ewon as a registration may meet it; linked and offline, with serial and key of its own, unless told. */
export function knownEwon(facts: Partial<KnownEwon> = {}): KnownEwon {
  const deviceId = deviceIdFrom(new Uint8Array(17).fill(++made));
  const createdAt = timestampOf(NOW_MS + made);
  return { deviceId, serial: OTHER_SERIAL, publicKey: OTHER_KEY, link: 'linked', online: false, createdAt, ...facts };
}

/** Facts of a registration that nothing speaks against. */
export function soundFacts(facts: Partial<RegistrationFacts> = {}): RegistrationFacts {
  return {
    nowMs: NOW_MS,
    publicKey: KEY,
    serial: SERIAL,
    grk: { state: 'active', expiresAt: null },
    cardDates: undefined,
    autoRegistration: true,
    sameRequest: undefined,
    pendingOfKey: undefined,
    ewons: [],
    pendingOfGrk: 0,
    pendingOfNetwork: 0,
    quota: { perGrk: 100, perNetwork: 20 },
    ...facts,
  };
}
