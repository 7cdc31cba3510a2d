import { type Ca, openCa } from '@ewon-agent/account/ca/ca';
import { policyDocument, signedAs, signer } from '@ewon-agent/agent/testing/account-signer';
import {
  type AccountAnswer,
  accountIdFrom,
  type CommandDocument,
  channelOf,
  deviceIdFrom,
  type Ed25519Jwk,
  err,
  type Grant,
  isSignedBy,
  type Millis,
  ok,
  openJws,
  publicKeyOf,
  type RandomPort,
  readMoveRequest,
  topicPrefixFor,
  toUtf8,
  type UplinkSession,
} from '@ewon-agent/contracts';
import type { Neighbour } from './neighbour.ts';

// An account to which an Ewon is moved, as far as the Ewon meets it: it lets in the keys that it expects, and nothing else.

/** What it does with an Ewon that shows itself. `mislays`: it lets it in once, and its answer is lost. */
export type Expecting = 'grants' | 'mislays' | 'knows nothing' | 'is away' | 'has another key';

export type ExpectingAccount = Neighbour & {
  readonly accountId: string;
  /** What the command `move` names. */
  readonly arguments: CommandDocument['arguments'];
  set(answers: Expecting): void;
  /** Called when it has let one in, before that hears of it. */
  whenLetIn(call: () => void): void;
  /** Keys that it let in, each with the ids under which it was asked. */
  readonly letIn: ReadonlyMap<string, readonly string[]>;
  /** Codes of the events that came over its broker, in their order. */
  readonly events: readonly string[];
  readonly sessions: number;
};

const ORIGIN = 'https://other.test';
const BROKER = 'mqtts://broker.other.test:8883';
const NAME = 'Globex';

/** @param dir where its authorities are kept */
export async function createExpectingAccount(
  dir: string,
  { random, now }: { readonly random: RandomPort; readonly now: () => Millis },
): Promise<ExpectingAccount> {
  const ca: Ca = await openCa(dir, random, now());
  const key = signer(77);
  const accountId = accountIdFrom(new Uint8Array(17).fill(77));
  const move = 'M'.repeat(22);
  const granted = new Map<string, Grant>();
  const letIn = new Map<string, string[]>();
  const events: string[] = [];
  const sessions = new Set<UplinkSession>();
  const nonces = new Set<string>();
  let answers: Expecting = 'grants';
  let hasLetIn = () => {};

  const answer = (status: number, body: object, headers: Record<string, string> = {}): AccountAnswer => {
    const nonce = `nonce-${nonces.size}-${status}`;
    nonces.add(nonce);
    return { status, headers: { 'replay-nonce': nonce, ...headers }, body: toUtf8(JSON.stringify(body)) };
  };
  const refusal = (status: number, code: string) =>
    answer(status, { type: 'about:blank', title: code, status, code, detail: '' });

  async function grantFor(jwk: Ed25519Jwk): Promise<Grant> {
    const before = granted.get(jwk.x);
    if (before) return before;
    const deviceId = deviceIdFrom(random.bytes(17));
    const own = publicKeyOf(jwk) ?? new Uint8Array();
    const issued = await ca.issueDeviceCertificate(own, { accountId, deviceId }, now());
    const grant: Grant = {
      ...{ status: 'approved', deviceId, account: { id: accountId, name: NAME }, name: 'press-4', pool: 'Imported' },
      ...{ customFields: ['', '', ''], certificate: issued.pem, ca: ca.tlsCa, accountKeys: [key.jwk] },
      mqtt: { urls: [BROKER], topicPrefix: topicPrefixFor({ accountId, deviceId }) },
      policy: signedAs(key, 'ewon-policy', policyDocument({ accountId, version: 3, geolocation: false })),
    };
    granted.set(jwk.x, grant);
    return grant;
  }

  async function moved(body: string): Promise<AccountAnswer> {
    const jws = openJws(JSON.parse(body), 'ewon-reg');
    if (!jws.ok) return refusal(400, 'BAD_REQUEST');
    const { jwk, url, nonce } = jws.value.header;
    const publicKey = jwk && publicKeyOf(jwk);
    if (!publicKey || !isSignedBy(jws.value, publicKey) || url !== `${ORIGIN}/device/v1/moves`)
      return refusal(400, 'BAD_SIGNATURE');
    if (!nonce || !nonces.delete(nonce)) return refusal(400, 'BAD_NONCE');
    const asked = readMoveRequest(jws.value.payload);
    if (!asked.ok) return refusal(400, 'BAD_REQUEST');
    if (answers === 'knows nothing' || asked.value.move !== move) return refusal(403, 'MOVE_UNKNOWN');
    const grant = await grantFor(jwk);
    letIn.set(jwk.x, [...(letIn.get(jwk.x) ?? []), asked.value.requestId]);
    hasLetIn();
    const accountKeys = answers === 'has another key' ? [signer(78).jwk] : grant.accountKeys;
    return answer(200, { ...grant, accountKeys }, { location: `${ORIGIN}/device/v1/registrations/${grant.deviceId}` });
  }

  return {
    ...{ origin: ORIGIN, brokerUrl: BROKER, accountId, letIn, events },
    arguments: {
      ...{ move, directoryUrl: `${ORIGIN}/device/v1/directory`, ca: ca.tlsCa },
      ...{ accountId, accountName: NAME, accountKey: key.jwk.x },
    },
    set(to) {
      answers = to;
    },
    whenLetIn(call) {
      hasLetIn = call;
    },
    get sessions() {
      return sessions.size;
    },
    link: {
      async request({ method, url, body }) {
        if (answers === 'is away') return err('ACCOUNT_UNREACHABLE', 'ECONNREFUSED');
        if (method === 'HEAD') return ok(answer(200, {}));
        if (!url.endsWith('/moves')) return ok(refusal(404, 'NOT_FOUND'));
        const told = await moved(body ?? '');
        if (answers !== 'mislays') return ok(told);
        answers = 'grants';
        return err('ACCOUNT_UNREACHABLE', 'ECONNRESET');
      },
    },
    uplink: {
      async open({ certificate, clientId }) {
        const isOurs = [...granted.values()].some((grant) => {
          return grant.deviceId === clientId && grant.certificate === certificate;
        });
        if (!isOurs) return err('UPLINK_REFUSED', 'not linked');
        const session: UplinkSession = {
          async send({ topic, payload }) {
            const channel = channelOf(topic);
            if (channel.ok && channel.value.channel === 'event') events.push(JSON.parse(payload).code);
            return ok(undefined);
          },
          async close() {
            sessions.delete(session);
          },
        };
        sessions.add(session);
        return ok(session);
      },
    },
    lose: (session) => void sessions.delete(session),
  };
}
