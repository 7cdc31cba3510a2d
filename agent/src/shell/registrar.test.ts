import {
  type AccountAnswer,
  type EwonIdentity,
  type Fault,
  ok,
  parseSerial,
  publicKeyOf,
  type Result,
  readMoveRequest,
  toUtf8,
} from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import type { CertificateFacts } from '../core/answers.ts';
import {
  LOCATION,
  link,
  OTHER_ACCOUNT,
  OTHER_DEVICE,
  OTHER_LOCATION,
  otherGrant,
  savedMove,
  savedRequest,
} from '../testing/fixtures.ts';
import type { SignedRequest } from './account-session.ts';
import { createRegistrar } from './registrar.ts';

const identity: EwonIdentity = {
  serial: assertOk(parseSerial('1524-0071-21')),
  model: 'Flexy 205',
  firmware: '14.6s0',
};
const pending = {
  status: 'pending',
  code: 'REGISTRATION_PENDING',
  account: { id: link().account.id, name: 'Acme' },
};
const unlinked = { status: 'unlinked' };
const answer = (status: number, body: object, location = LOCATION): AccountAnswer => ({
  status,
  headers: { location },
  body: toUtf8(JSON.stringify(body)),
});

const JWK = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) } as const;
const CSR = '-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----\n';
const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
const facts: CertificateFacts = {
  ...{ commonName: OTHER_DEVICE, publicKey: publicKeyOf(JWK) ?? new Uint8Array(), serial: '1' },
  ...{ sanUris: [`urn:ewon-agent:${OTHER_ACCOUNT}:${OTHER_DEVICE}`], valid: { notBeforeMs: 0, notAfterMs: 1 } },
};

/** A registrar whose account answers what it is told, whatever it is asked. */
function registrarAt(answers: AccountAnswer) {
  const sent: SignedRequest[] = [];
  const asked = { identity: Promise.resolve<Result<EwonIdentity>>(ok(identity)), order: new AbortController() };
  const registrar = createRegistrar(
    {
      ports: {
        clock: { now: () => 0, monotonic: () => 0, after: () => () => {} },
        random: { bytes: (length) => new Uint8Array(length), fraction: () => 0.5 },
      },
      firmware: { identity: () => asked.identity },
      session: {
        async post(request) {
          sent.push(request);
          return ok(answers);
        },
      },
      device: { jwk: JWK, csr: CSR },
      agentVersion: '1',
      macs: () => [],
      readCertificate: (pem) => (pem === PEM ? facts : undefined),
    },
    () => asked.order.signal,
  );
  return { registrar, sent, asked };
}

const codeOf = (event: { on: string; fault?: Fault }) => `${event.on} ${event.fault?.code ?? ''}`.trim();

suite('registrar', (test) => {
  test('a request that was given up while the Ewon was asked who it is, is not sent', async () => {
    const { registrar, sent, asked } = registrarAt(answer(202, pending));
    const firmware = Promise.withResolvers<Result<EwonIdentity>>();
    asked.identity = firmware.promise;
    const sending = registrar.sendRequest(savedRequest());
    asked.order.abort(); // forgotten, or another card came
    asked.order = new AbortController();
    firmware.resolve(ok(identity));
    await sending;
    assert.deepEqual(sent, []);
  });

  test('an answer to another question is trouble, so that the machine asks again', async () => {
    const wrong = [
      ['sendRequest', unlinked],
      ['awaitDecision', unlinked],
      ['sendUnlink', pending],
    ] as const;
    for (const [order, body] of wrong) {
      const { registrar } = registrarAt(answer(body === pending ? 202 : 200, body));
      const event = await {
        sendRequest: () => registrar.sendRequest(savedRequest()),
        awaitDecision: () => registrar.awaitDecision(LOCATION, savedRequest()),
        sendUnlink: () => registrar.sendUnlink(link()),
      }[order]();
      assert.equal(codeOf(event), 'Unreachable ACCOUNT_ERROR', order);
    }
  });

  test('the right answers become events', async () => {
    const { registrar } = registrarAt(answer(202, pending));
    assert.equal((await registrar.sendRequest(savedRequest())).on, 'RequestPended');
    assert.equal((await registrar.awaitDecision(LOCATION, savedRequest())).on, 'StillPending');
    assert.equal((await registrarAt(answer(200, unlinked)).registrar.sendUnlink(link())).on, 'UnlinkDone');
    assert.deepEqual(await registrar.checkLink(link()), []);
  });

  test('a move: shown to the other account by the key of this device alone, and its grant becomes an event', async () => {
    const granted = { ...otherGrant(), certificate: PEM, ca: PEM };
    const { registrar, sent } = registrarAt(answer(200, granted, OTHER_LOCATION));
    const event = await registrar.sendMove({ ...savedMove(), requestId: 'R'.repeat(22) });
    const valid = facts.valid;
    const known = { subject: 'R'.repeat(22), location: OTHER_LOCATION, grant: granted, valid, atMs: 0 };
    assert.deepEqual(event, { on: 'Moved', ...known });
    assert.deepEqual(
      sent.map(({ url, as, account }) => [url, as, account.ca]),
      [['https://other.test/device/v1/moves', { jwk: JWK }, 'OTHER PEM']],
    );
    const payload = assertOk(readMoveRequest(toUtf8(sent[0]?.payload ?? '')));
    assert.deepEqual([payload.requestId, payload.move, payload.csr], ['R'.repeat(22), savedMove().move, CSR]);
    assert.deepEqual(payload.device, { ...identity, agent: '1', macs: [] });
  });

  test('a move: what is no grant for this Ewon is refused, or asked again', async () => {
    const granted = { ...otherGrant(), certificate: PEM, ca: PEM };
    const problem = (status: number, code: string) =>
      answer(status, { type: 'about:blank', title: 't', status, code, detail: 'd' });
    const rows: readonly (readonly [string, AccountAnswer])[] = [
      ['Refused MOVE_UNKNOWN', problem(403, 'MOVE_UNKNOWN')],
      ['Refused NOT_FOUND', problem(404, 'NOT_FOUND')], // an account of an older release
      ['Unreachable RATE_LIMITED', problem(429, 'RATE_LIMITED')],
      ['Unreachable ACCOUNT_ERROR', answer(202, pending)],
      ['Unreachable ACCOUNT_ERROR', answer(200, unlinked)],
      ['Unreachable ACCOUNT_ERROR', answer(200, granted, 'https://evil.test/device/v1/registrations/t')],
      ['Unreachable ACCOUNT_ERROR', { ...answer(200, granted), headers: {} }],
      ['Unreachable GRANT_BAD', answer(200, { ...granted, deviceId: link().deviceId }, OTHER_LOCATION)],
    ];
    for (const [what, given] of rows) {
      const event = await registrarAt(given).registrar.sendMove(savedMove());
      assert.equal(codeOf(event), what);
    }
  });
});
