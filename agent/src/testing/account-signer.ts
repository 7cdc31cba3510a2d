import {
  type AccountId,
  type CommandDocument,
  type CommandId,
  commandIdFrom,
  type Ed25519Jwk,
  type JwsType,
  jwkOf,
  type KeyAnnouncement,
  type PolicyDocument,
  type SignedByAccount,
  signJws,
  toUtf8,
} from '@ewon-agent/contracts';
import nacl from 'tweetnacl';
import type { Link } from '../core/model.ts';
import { ACCOUNT, DEVICE, link, savedMove } from './fixtures.ts';

// An account of a test that signs what it is told to, right or wrong.

export type Signer = { readonly jwk: Ed25519Jwk; readonly secretKey: Uint8Array };

/** A key; the same number is the same key. */
export function signer(n: number): Signer {
  const { publicKey, secretKey } = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(n));
  return { jwk: jwkOf(publicKey), secretKey };
}

/** A link whose approval told these keys. */
export function linkTrusting(...signers: readonly Signer[]): Link {
  return { ...link(), accountKeys: signers.map(({ jwk }) => jwk) };
}

/** What a key announces of the next one. */
export function announced(by: Signer, next: Signer, change: Partial<KeyAnnouncement> = {}) {
  const payload = { v: 1, accountId: ACCOUNT, number: 2, key: next.jwk, issuedAt: AT, ...change };
  return signJws({ typ: 'ewon-key' }, JSON.stringify(payload), by.secretKey);
}

/** A signed message. */
export function signedAs(
  by: Signer,
  typ: JwsType,
  payload: object,
  keys: SignedByAccount['keys'] = [],
): SignedByAccount {
  return { v: 1, signed: signJws({ typ }, JSON.stringify(payload), by.secretKey), ...(keys.length > 0 && { keys }) };
}

export const bytesOf = (message: object): Uint8Array => toUtf8(JSON.stringify(message));

/** When things of tests are issued unless told. */
export const AT = '2026-03-01T12:00:00.000Z';
export const AT_MS: number = Date.parse(AT);

export function policyDocument(change: Partial<PolicyDocument> = {}): PolicyDocument {
  const settings = { geolocation: true, remoteManagement: true, denied: [] };
  return { v: 1, accountId: ACCOUNT, version: 5, issuedAt: AT, ...settings, ...change };
}

/** A command that expires an hour later. `n` tells ids apart. */
export function commandDocument(n = 1, change: Partial<CommandDocument> = {}): CommandDocument {
  return {
    ...{ v: 1, id: commandIdFrom(new Uint8Array(17).fill(n)), accountId: ACCOUNT as AccountId, deviceId: DEVICE },
    ...{ name: 'status', arguments: {}, issuedAt: AT, expiresAt: '2026-03-01T13:00:00.000Z' },
    ...change,
  };
}

/** The command that orders an Ewon to the account of {@link savedMove}, for which `key` speaks. */
export function moveCommand(key: Signer, id: CommandId = commandDocument().id): CommandDocument {
  const { move, account } = savedMove();
  const { directoryUrl, id: accountId, name: accountName } = account;
  const given = { move, directoryUrl, ca: PEM, accountId, accountName, accountKey: key.jwk.x };
  return commandDocument(1, { id, name: 'move', arguments: given });
}

const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
