import {
  type AccountAnswer,
  type AccountRequest,
  err,
  isSignedBy,
  jwkOf,
  ok,
  openJws,
  type Result,
  toUtf8,
} from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import nacl from 'tweetnacl';
import { createAccountSession } from './account-session.ts';

const keys = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(1));
const account = { directoryUrl: 'https://account.test/device/v1/directory', ca: 'PEM' };
const url = 'https://account.test/device/v1/registrations';
const jwk = jwkOf(keys.publicKey);
const answer = (status: number, nonce?: string, body = ''): Result<AccountAnswer> => {
  const headers: Record<string, string> = nonce ? { 'replay-nonce': nonce } : {};
  return ok({ status, headers, body: toUtf8(body) });
};
const badNonce = (nonce: string) =>
  answer(400, nonce, JSON.stringify({ type: 'about:blank', title: 't', status: 400, code: 'BAD_NONCE' }));

/** An account that gives these answers in order, and remembers what it was asked. */
function accountThat(...answers: Result<AccountAnswer>[]) {
  const asked: AccountRequest[] = [];
  const port = {
    async request(request: AccountRequest) {
      asked.push(request);
      return answers.shift() ?? assert.fail('asked once too often');
    },
    close() {},
  };
  const nonces = () =>
    asked.flatMap((r) => (r.body ? [assertOk(openJws(JSON.parse(r.body), 'ewon-reg')).header.nonce] : []));
  return { asked, nonces, session: createAccountSession(port, keys.secretKey) };
}

suite('account session', (test) => {
  test('takes a nonce first, signs url and key, and keeps the next nonce', async () => {
    const { asked, nonces, session } = accountThat(answer(204, 'n1'), answer(202, 'n2'), answer(202, 'n3'));
    await session.post({ account, url, as: { jwk }, payload: '{}' });
    await session.post({ account, url: `${url}/t`, as: { kid: `${url}/t` }, payload: '', waitMs: 30_000 });
    assert.deepEqual(
      asked.map((r) => `${r.method} ${r.url}`),
      [`HEAD https://account.test/device/v1/nonce`, `POST ${url}`, `POST ${url}/t`],
    );
    assert.deepEqual(nonces(), ['n1', 'n2']);
    assert.equal(asked[2]?.headers['prefer'], 'wait=30');
    assert.ok((asked[2]?.timeoutMs ?? 0) > 30_000, 'a long poll is given more time than it waits');
    const jws = assertOk(openJws(JSON.parse(asked[1]?.body ?? ''), 'ewon-reg'));
    assert.ok(isSignedBy(jws, keys.publicKey));
    assert.deepEqual([jws.header.url, jws.header.jwk], [url, jwk]);
  });

  test('a refused nonce is replaced once; a second refusal is the answer', async () => {
    const once = accountThat(answer(204, 'n1'), badNonce('n2'), answer(202, 'n3'));
    assert.equal(assertOk(await once.session.post({ account, url, as: { jwk }, payload: '{}' })).status, 202);
    assert.deepEqual(once.nonces(), ['n1', 'n2']);
    const twice = accountThat(answer(204, 'n1'), badNonce('n2'), badNonce('n3'));
    assert.equal(assertOk(await twice.session.post({ account, url, as: { jwk }, payload: '{}' })).status, 400);
  });

  test('a nonce is spent by sending it: when the answer was lost, the next request takes a fresh one', async () => {
    const lost = err('ACCOUNT_UNREACHABLE', 'cut');
    const { nonces, session } = accountThat(answer(204, 'n1'), answer(202, 'n2'), lost, answer(204, 'n3'), answer(202));
    for (let i = 0; i < 3; i++) await session.post({ account, url, as: { jwk }, payload: '{}' });
    assert.deepEqual(nonces(), ['n1', 'n2', 'n3']);
  });

  test('no nonce, no request', async () => {
    const { asked, session } = accountThat(answer(503));
    assertFault(await session.post({ account, url, as: { jwk }, payload: '{}' }), 'ACCOUNT_ERROR');
    assert.equal(asked.length, 1);
    const down = accountThat(err('ACCOUNT_UNREACHABLE', 'x'));
    assertFault(await down.session.post({ account, url, as: { jwk }, payload: '{}' }), 'ACCOUNT_UNREACHABLE');
  });

  test('a nonce of one account is not used at another', async () => {
    const { asked, session } = accountThat(answer(204, 'n1'), answer(202, 'n2'), answer(204, 'm1'), answer(202));
    await session.post({ account, url, as: { jwk }, payload: '{}' });
    const other = { directoryUrl: 'https://other.test/device/v1/directory', ca: 'PEM' };
    await session.post({
      account: other,
      url: 'https://other.test/device/v1/registrations',
      as: { jwk },
      payload: '{}',
    });
    assert.equal(asked[2]?.url, 'https://other.test/device/v1/nonce');
  });
});
