import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import { type Ask, makeCsr } from '@ewon-agent/account/testing/device-client';
import { createUplinkMqtt } from '@ewon-agent/agent/adapters/uplink-mqtt';
import {
  ackTopicFor,
  bindToGrk,
  CHANNELS,
  type Code,
  type DeviceAddress,
  downFilterFor,
  type FlattenedJws,
  type Grant,
  type Grk,
  jwkOf,
  parseSerial,
  readAck,
  readGrant,
  toBase64url,
  topicFor,
  type UpChannel,
  type UplinkSession,
} from '@ewon-agent/contracts';
import { leanHttps } from './lean-https.ts';

/** A device of a fleet: what an agent says to its account, by the agent's own MQTT client, without a board and a disk. */
export type FleetDevice = {
  /** Sends its registration, over a connection of its own. */
  register(): Promise<void>;
  /** Fetches what the approval granted. */
  fetchGrant(): Promise<void>;
  /** Connects with its certificate and says who it is and how. */
  connect(): Promise<void>;
  /** Sends so many events; resolves when the account has committed all. */
  tell(events: number): Promise<void>;
  close(): Promise<void>;
};

export type FleetAccount = { readonly deviceUrl: string; readonly ca: string; readonly grk: Grk };

const uplink = createUplinkMqtt();
/** Behind one address of the loopback network: ten devices are one source network, as at one site. */
const PER_NETWORK = 10;

/**
 * Makes the key, the CSR and the binding, as a device does before it asks.
 * @param secureContext trusts the account; one for all, because each device has read its CA long before it asks
 */
export async function createFleetDevice(
  { deviceUrl, grk }: FleetAccount,
  index: number,
  secureContext: SecureContext,
): Promise<FleetDevice> {
  const pair = generateKeyPairSync('ed25519');
  const { d = '', x = '' } = pair.privateKey.export({ format: 'jwk' });
  const [seed, publicKey] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  const privateKey = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const network = Math.floor(index / PER_NETWORK);
  const localAddress = `127.${1 + Math.floor(network / 250)}.${network % 250}.${1 + (index % PER_NETWORK)}`;
  const https = leanHttps(secureContext, localAddress);
  const base = new URL(deviceUrl).origin;
  const registrations = `${base}/device/v1/registrations`;
  const serial = parseSerial(`${1000 + Math.floor(index / 10_000)}-${String(index % 10_000).padStart(4, '0')}-21`);
  if (!serial.ok) throw new Error('this is a bug: no serial');
  const asked = JSON.stringify({
    requestId: toBase64url(randomBytes(16)),
    device: { serial: serial.value, model: 'Flexy 202', firmware: '14.6s0', agent: '0.1.0', macs: [] },
    note: `device ${index}`,
    csr: await makeCsr(seed),
    grkBinding: bindToGrk(grk, jwkOf(publicKey), registrations),
    evidence: { slot: 'sd0', t2mSha256: 'a'.repeat(64) },
  });
  const ask: Ask = (request) =>
    https.ask(request).catch((cause) => {
      throw new Error(`device ${index}: ${request.method} ${request.url}: ${String(cause)}`);
    });
  let nonce: string | undefined;
  let location = '';
  let grant: Grant | undefined;
  let session: UplinkSession | undefined;
  let seq = 0;
  let committed = 0;
  let told: (() => void) | undefined;

  const postOnce = async (url: string, header: object, payload: string) => {
    nonce ??= (await ask({ method: 'HEAD', url: `${base}/device/v1/nonce`, headers: {} })).headers['replay-nonce'];
    const jws = signedBy(pair.privateKey, { url, nonce: nonce ?? '', ...header }, payload);
    const headers = { 'content-type': 'application/jose+json' };
    const answer = await ask({ method: 'POST', url, headers, body: JSON.stringify(jws) });
    nonce = answer.headers['replay-nonce'];
    return answer;
  };
  const post = async (url: string, header: object, payload: string) => {
    const answer = await postOnce(url, header, payload);
    // to approve thousands takes longer than a nonce lives; the refusal brings the next one (RFC 8555 §6.5)
    return answer.body.includes('BAD_NONCE' satisfies Code) ? postOnce(url, header, payload) : answer;
  };
  const addressOf = ({ account, deviceId }: Grant): DeviceAddress => ({ accountId: account.id, deviceId });
  const send = async (channel: UpChannel, body: object): Promise<void> => {
    if (!grant || !session) throw new Error('this is a bug: not connected');
    seq += 1;
    const payload = JSON.stringify({ v: 1, at: new Date().toISOString(), epoch: 'fleet', seq, ...body });
    const sent = await session.send({ topic: topicFor(addressOf(grant), channel), payload, ...CHANNELS[channel] });
    if (!sent.ok) throw new Error(`device ${index}: ${sent.fault.code} ${sent.fault.detail}`);
  };

  return {
    async register() {
      const answer = await post(registrations, { jwk: jwkOf(publicKey) }, asked);
      if (answer.status !== 202) throw new Error(`device ${index}: ${answer.status} ${answer.body}`);
      location = answer.headers['location'] ?? '';
      https.close(); // thousands of connections that wait for nothing are refused by the account, rightly
    },
    async fetchGrant() {
      const answer = await post(location, { kid: location }, '');
      const read = readGrant(Buffer.from(answer.body));
      if (!read.ok) throw new Error(`device ${index}: ${answer.status} ${read.fault.detail}`);
      grant = read.value;
      https.close();
    },
    async connect() {
      if (!grant) throw new Error('this is a bug: no grant');
      const { deviceId, certificate } = grant;
      const address = addressOf(grant);
      const opened = await uplink.open(
        {
          ...{ url: grant.mqtt.urls[0] ?? '', ca: grant.ca, certificate, privateKey, clientId: deviceId },
          will: { topic: topicFor(address, 'status'), payload: '{}', qos: 1, retain: true },
          ...{ receives: downFilterFor(address), keepaliveMs: 60_000, connectTimeoutMs: 60_000 },
        },
        {
          closed: () => {},
          received(topic, payload) {
            const ack = topic === ackTopicFor(address) ? readAck(payload) : undefined;
            if (!ack?.ok) return;
            for (const [from, to] of ack.value.ranges) committed += to - from + 1;
            told?.();
          },
        },
      );
      if (!opened.ok) throw new Error(`device ${index}: ${opened.fault.code} ${opened.fault.detail}`);
      session = opened.value;
      await send('status', { state: 'online', agent: '0.1.0', bootId: `fleet-${index}`, bootCount: 1 });
      await send('inventory', {
        serial: serial.value,
        model: 'Flexy 202',
        firmware: '14.6s0',
        agent: '0.1.0',
        slots: ['sd0'],
      });
      await send('health', { rssBytes: 80e6, cpuMs: 1000, eventLoopLagMs: 1, uptimeMs: 1000 });
    },
    async tell(events) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const wanted = committed + events;
      told = () => committed >= wanted && resolve();
      const body = { code: 'CARD_USABLE', severity: 'info', text: 'The card can register an Ewon.' };
      await Promise.all(Array.from({ length: events }, () => send('event', body)));
      await promise;
    },
    async close() {
      https.close();
      await session?.close();
    },
  };
}

/** As signJws does, but by OpenSSL: what a device takes to sign is no cost of the account, and all devices share its cores. */
function signedBy(key: KeyObject, header: object, payload: string): FlattenedJws {
  const protectedPart = toBase64url(JSON.stringify({ alg: 'Ed25519', typ: 'ewon-reg', ...header }));
  const payloadPart = toBase64url(payload);
  const signature = sign(null, Buffer.from(`${protectedPart}.${payloadPart}`, 'ascii'), key);
  return { protected: protectedPart, payload: payloadPart, signature: toBase64url(signature) };
}
