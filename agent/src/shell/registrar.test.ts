import {
  type AccountAnswer,
  type EwonIdentity,
  type Fault,
  ok,
  parseSerial,
  type Result,
  toUtf8,
} from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { LOCATION, link, savedRequest } from '../testing/fixtures.ts';
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
const answer = (status: number, body: object): AccountAnswer => ({
  status,
  headers: { location: LOCATION },
  body: toUtf8(JSON.stringify(body)),
});

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
      device: { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) }, csr: 'CSR' },
      agentVersion: '1',
      macs: () => [],
      readCertificate: () => undefined,
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
});
