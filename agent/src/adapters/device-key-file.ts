import { createPrivateKey } from 'node:crypto';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64url, jwkOf, toBase64url } from '@ewon-agent/contracts';
import nacl from 'tweetnacl';
import type { Device } from '../core/model.ts';
import { readIfThere, writeDurably } from './durable-file.ts';

export type DeviceKey = { readonly device: Device; readonly secretKey: Uint8Array; readonly privateKeyPem: string };

type KeyFile = { readonly v: 1; readonly seed: string; readonly csr: string };

/**
 * Reads the device key, or makes it at the first start: an Ed25519 pair that never leaves this file (mode 0600),
 * with the certificate request for it. The request names nothing but the key: the account chooses the name.
 * @throws when the file is there but cannot be read as ours: a new key would be another device. The error names the
 * file and nothing of what is in it.
 */
export async function openDeviceKey(stateDir: string): Promise<DeviceKey> {
  const path = join(stateDir, 'device-key.json');
  const kept = readKeyFile(path) ?? (await makeKey(path));
  const pair = nacl.sign.keyPair.fromSeed(Buffer.from(kept.seed, 'base64url'));
  const jwk = jwkOf(pair.publicKey);
  const key = createPrivateKey({ key: { ...jwk, d: kept.seed }, format: 'jwk' });
  return {
    device: { jwk, csr: kept.csr },
    secretKey: pair.secretKey,
    privateKeyPem: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

async function makeKey(path: string): Promise<KeyFile> {
  const seed = nacl.randomBytes(32);
  const { publicKey } = nacl.sign.keyPair.fromSeed(seed);
  const { requestCertificate } = await import('./csr-x509.ts'); // 8 MiB that only the first start needs
  const file: KeyFile = { v: 1, seed: toBase64url(seed), csr: await requestCertificate(seed, publicKey) };
  writeDurably(path, JSON.stringify(file));
  return file;
}

function readKeyFile(path: string): KeyFile | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  if (statSync(path).mode & 0o077) chmodSync(path, 0o600); // copied from a backup, perhaps
  const file = keyFileIn(text);
  if (!file) throw new Error(`${path} is not a device key`);
  return file;
}

function keyFileIn(text: string): KeyFile | undefined {
  let file: Partial<KeyFile> | null;
  try {
    file = JSON.parse(text);
  } catch {
    return undefined; // the message of JSON.parse would show a piece of the key
  }
  if (file?.v !== 1 || typeof file.seed !== 'string' || typeof file.csr !== 'string') return undefined;
  const seed = fromBase64url(file.seed);
  if (seed?.length !== 32) return undefined;
  const der = Buffer.from(file.csr.replaceAll(/-----.*-----|\s/g, ''), 'base64');
  const isForThisKey = der.includes(Buffer.from(nacl.sign.keyPair.fromSeed(seed).publicKey));
  return isForThisKey ? { v: 1, seed: file.seed, csr: file.csr } : undefined;
}
