import 'reflect-metadata';
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import {
  bindToGrk,
  type FlattenedJws,
  type Grk,
  type JwsHeader,
  jwkOf,
  type MoveRequest,
  parseSerial,
  type RegistrationRequest,
  signJws,
  toBase64url,
  type WizardRequest,
} from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/testing';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import nacl from 'tweetnacl';

/** One exchange with the device interface, over whatever way the test chose. */
export type Ask = (request: {
  method: 'GET' | 'HEAD' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
}) => Promise<{ status: number; headers: Record<string, string | undefined>; body: string }>;

export type DeviceAnswer = {
  status: number;
  headers: Record<string, string | undefined>;
  json: Record<string, unknown>;
};

/** A device of a test: a key, and the requests that it may send, right or wrong. */
export type TestDevice = ReturnType<typeof createTestDevice>;

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex'); // RFC 8410 §7, up to the seed

/** @param base `https://host:port` @param keys of a device that another account knows already */
export function createTestDevice(ask: Ask, base: string, serialText = '1524-0071-21', keys = nacl.sign.keyPair()) {
  const serial = assertOk(parseSerial(serialText));
  const urls = {
    directory: `${base}/device/v1/directory`,
    nonce: `${base}/device/v1/nonce`,
    registrations: `${base}/device/v1/registrations`,
    unlink: `${base}/device/v1/unlink`,
    wizard: `${base}/device/v1/wizard`,
    moves: `${base}/device/v1/moves`,
  };

  async function nonce(): Promise<string> {
    return (await ask({ method: 'HEAD', url: urls.nonce, headers: {} })).headers['replay-nonce'] ?? '';
  }
  async function post(url: string, jws: unknown, headers: Record<string, string> = {}): Promise<DeviceAnswer> {
    const sent = { 'content-type': 'application/jose+json', ...headers };
    const answer = await ask({ method: 'POST', url, headers: sent, body: JSON.stringify(jws) });
    return { status: answer.status, headers: answer.headers, json: answer.body ? JSON.parse(answer.body) : {} };
  }
  function sign(header: Partial<JwsHeader>, payload: string): FlattenedJws {
    return signJws({ typ: 'ewon-reg', ...header }, payload, keys.secretKey);
  }
  async function request(grk: Grk, changes: Partial<RegistrationRequest> = {}): Promise<RegistrationRequest> {
    return {
      requestId: toBase64url(nacl.randomBytes(16)),
      device: { serial, model: 'Flexy 202', firmware: '14.6s0', agent: '0.1.0', macs: [] },
      note: 'Pump 1',
      csr: await makeCsr(keys.secretKey.subarray(0, 32)),
      grkBinding: bindToGrk(grk, jwkOf(keys.publicKey), urls.registrations),
      evidence: { slot: 'sd0' as RegistrationRequest['evidence']['slot'], t2mSha256: 'a'.repeat(64) },
      ...changes,
    };
  }
  return {
    keys,
    serial,
    urls,
    jwk: jwkOf(keys.publicKey),
    /** PEM, for a connection with the certificate that it is granted. */
    privateKey: pkcs8(keys.secretKey.subarray(0, 32)).export({ format: 'pem', type: 'pkcs8' }).toString(),
    nonce,
    post,
    sign,
    request,
    /** Sends a registration; `header` overrides what a right one says. */
    async register(asked: RegistrationRequest, header: Partial<JwsHeader> = {}): Promise<DeviceAnswer> {
      const url = urls.registrations;
      const jws = sign({ nonce: await nonce(), url, jwk: jwkOf(keys.publicKey), ...header }, JSON.stringify(asked));
      return post(url, jws);
    },
    /** Asks to be added by a user; without a password what became of that. */
    async wizard(changes: Partial<WizardRequest> = {}): Promise<DeviceAnswer> {
      const url = urls.wizard;
      const asked: WizardRequest = {
        requestId: toBase64url(nacl.randomBytes(16)),
        device: { serial, model: 'Flexy 202', firmware: '14.6s0', agent: '0.1.0', macs: [] },
        csr: await makeCsr(keys.secretKey.subarray(0, 32)),
        ...{ account: 'Account', user: 'ann', name: 'press-4' },
        ...changes,
      };
      return post(url, sign({ nonce: await nonce(), url, jwk: jwkOf(keys.publicKey) }, JSON.stringify(asked)));
    },
    /** Comes from another account that has ordered it here. */
    async move(move: string, changes: Partial<MoveRequest> = {}): Promise<DeviceAnswer> {
      const url = urls.moves;
      const asked: MoveRequest = {
        ...{ requestId: toBase64url(nacl.randomBytes(16)), move },
        device: { serial, model: 'Flexy 202', firmware: '14.6s0', agent: '0.1.0', macs: [] },
        csr: await makeCsr(keys.secretKey.subarray(0, 32)),
        ...changes,
      };
      return post(url, sign({ nonce: await nonce(), url, jwk: jwkOf(keys.publicKey) }, JSON.stringify(asked)));
    },
    async poll(
      location: string,
      waitSeconds = 0,
      header: Partial<JwsHeader> = {},
      payload = '',
    ): Promise<DeviceAnswer> {
      const jws = sign({ nonce: await nonce(), url: location, kid: location, ...header }, payload);
      return post(location, jws, waitSeconds > 0 ? { prefer: `wait=${waitSeconds}` } : {});
    },
    async unlink(location: string, deviceId: unknown): Promise<DeviceAnswer> {
      const jws = sign({ nonce: await nonce(), url: urls.unlink, kid: location }, JSON.stringify({ deviceId }));
      return post(urls.unlink, jws);
    },
  };
}

/** A CSR signed with an Ed25519 seed. The name in it is what a hostile device would wish for. */
export async function makeCsr(seed: Uint8Array, commonName = 'whatever'): Promise<string> {
  const key = pkcs8(seed);
  const der = key.export({ format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const privateKey = await crypto.subtle.importKey('pkcs8', der, { name: 'Ed25519' }, true, ['sign']);
  const publicKey = await crypto.subtle.importKey('spki', spki, { name: 'Ed25519' }, true, ['verify']);
  const csr = await Pkcs10CertificateRequestGenerator.create(
    { name: [{ CN: [commonName] }], keys: { privateKey, publicKey }, signingAlgorithm: { name: 'Ed25519' } },
    crypto,
  );
  return csr.toString('pem');
}

function pkcs8(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}
