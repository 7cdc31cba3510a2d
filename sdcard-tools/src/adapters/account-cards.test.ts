import { ACCOUNT_ANSWER_MAX_BYTES, type Code, describeFault, type Fault, parseGrkId } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import {
  type AccountSim,
  type Answer,
  answering,
  filesOf,
  GRK_ID,
  KEYS,
  refusing,
  startAccountSim,
  TOKEN,
} from '../testing/account-sim.ts';
import { TLS } from '../testing/account-tls.ts';
import { accountKey, GRK, OTHER_GRK, t2mJson, t2mTxt } from '../testing/cards.ts';
import { fetchAccountCard } from './account-cards.ts';

const EXPORT = `grks/${GRK_ID}/export`;
const NOTE = 'Hall 3, "A" & B';

/** Neither the key nor the token, in no spelling that a fault could have, cause included. */
function assertSecret(fault: Fault): void {
  const told = describeFault(fault) + String(fault.cause);
  for (const secret of [
    GRK.slice(4, 12),
    OTHER_GRK.slice(4, 12),
    TOKEN,
    Buffer.from(GRK).toString('base64').slice(6, 20),
  ])
    assert.ok(!told.includes(secret), told);
}

/** An order without a note and without wishes. */
const ORDER = { note: '', wishes: { receipt: false, wipe: false } };

suite('a card from an account server', (test) => {
  let sim: AccountSim | undefined;
  const started: AccountSim[] = [];
  test.after.each(async () => {
    for (const one of started.splice(0)) await one.close();
  });
  const start = async (how: Readonly<Record<string, Answer>>) => {
    sim = await startAccountSim(how);
    started.push(sim);
    return { adminUrl: sim.adminUrl, token: TOKEN, whenAway: 'ADMIN_UNREACHABLE' } as const;
  };
  const fetchFrom = async (answer: Answer, timeoutMs?: number) =>
    fetchAccountCard(await start({ grks: answering(KEYS), [EXPORT]: answer }), ORDER, timeoutMs);
  const assertRefused = async (answer: Answer, code: Code, timeoutMs?: number) => {
    const fault = assertFault(await fetchFrom(answer, timeoutMs), code);
    assertSecret(fault);
    return fault.detail;
  };

  test('of the present key: the youngest active one, with the note as it was given', async () => {
    const files = filesOf(NOTE);
    const door = await start({ grks: answering(KEYS), [EXPORT]: answering(files) });
    const card = assertOk(await fetchAccountCard(door, { ...ORDER, note: NOTE }));
    assert.deepEqual([card.grk, card.note], [GRK, NOTE]);
    assert.equal(Buffer.from(card.t2mTxt).toString('base64'), files.t2mTxt);
    assert.equal(Buffer.from(card.t2mJson).toString('base64'), files.t2mJson);
    const [list = '', made = '', ...more] = sim?.asked ?? [];
    assert.equal(list, `GET /api/v1/grks Bearer ${TOKEN}`);
    const [, url = '', ...authorization] = made.split(' ');
    const asked = new URL(url, 'http://127.0.0.1').searchParams;
    assert.deepEqual([asked.get('form'), asked.get('note')], ['files', NOTE]);
    assert.deepEqual([authorization.join(' '), more], [`Bearer ${TOKEN}`, []]);
  });

  test('of a key by its id: the list is not asked for', async () => {
    const door = await start({ [EXPORT]: answering(filesOf()) });
    assertOk(await fetchAccountCard(door, { ...ORDER, keyId: GRK_ID }));
    assert.equal(sim?.asked.length, 1);
  });

  test('no active key: NOT_FOUND', async () => {
    const door = await start({ grks: answering(KEYS.map((key) => ({ ...key, state: 'revoked' }))) });
    assertFault(await fetchAccountCard(door, ORDER), 'NOT_FOUND');
  });

  test('the token is refused, the key is revoked, the key is not there: each its code', async () => {
    await assertRefused(refusing(401, 'NOT_SIGNED_IN'), 'ADMIN_TOKEN_REFUSED');
    assert.equal(await assertRefused(refusing(403, 'NOT_PERMITTED'), 'NOT_PERMITTED'), `key ${GRK_ID}`);
    assert.equal(await assertRefused(refusing(409, 'CONFLICT'), 'GRK_REVOKED'), `key ${GRK_ID}`);
    assert.equal(await assertRefused(refusing(404, 'NOT_FOUND'), 'NOT_FOUND'), `key ${GRK_ID}`);
    const door = await start({ grks: refusing(401, 'NOT_SIGNED_IN') });
    assertSecret(assertFault(await fetchAccountCard(door, ORDER), 'ADMIN_TOKEN_REFUSED'));
  });

  test('any other refusal: ACCOUNT_ERROR with its status, also when it names a code that would count as success', async () => {
    assert.equal(await assertRefused(refusing(403, 'CARD_USABLE'), 'ACCOUNT_ERROR'), 'HTTP 403');
    assert.equal(await assertRefused(refusing(500, 'constructor'), 'ACCOUNT_ERROR'), 'HTTP 500');
    assert.equal(await assertRefused((_, r) => void r.writeHead(502).end(GRK), 'ACCOUNT_ERROR'), 'HTTP 502');
    assert.equal(await assertRefused((_, r) => void r.writeHead(204).end(), 'ACCOUNT_ERROR'), 'HTTP 204');
  });

  test('a redirect is not followed: the token stays here', async () => {
    const elsewhere = await startAccountSim({ [EXPORT]: answering(filesOf()) });
    try {
      const location = `${elsewhere.adminUrl}/api/v1/${EXPORT}`;
      assert.equal(
        await assertRefused((_, r) => void r.writeHead(307, { location }).end(), 'ACCOUNT_ERROR'),
        'HTTP 307',
      );
      assert.deepEqual(elsewhere.asked, []);
    } finally {
      await elsewhere.close();
    }
  });

  test('over HTTPS: with the CA that is named; without it not even the token is sent', async () => {
    const secure = await startAccountSim({ grks: answering(KEYS), [EXPORT]: answering(filesOf()) }, TLS);
    started.push(secure);
    const door = { adminUrl: secure.adminUrl, token: TOKEN, whenAway: 'ADMIN_UNREACHABLE' } as const;
    for (const [to, why] of [
      [door, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      [{ ...door, ca: TLS.cert, adminUrl: secure.adminUrl.replace('127.0.0.1', 'localhost') }, 'ALTNAME_INVALID'],
    ] as const) {
      const fault = assertFault(await fetchAccountCard(to, ORDER), 'ADMIN_UNTRUSTED');
      assert.ok(fault.detail.endsWith(why), fault.detail);
      assertSecret(fault);
    }
    assert.deepEqual(secure.asked, []);
    assert.equal(assertOk(await fetchAccountCard({ ...door, ca: TLS.cert }, ORDER)).grk, GRK);
    assert.equal(secure.asked.length, 2);
  });

  test('a redirect from HTTPS to HTTP is not followed either', async () => {
    const plain = await start({ grks: answering(KEYS) });
    const location = `${plain.adminUrl}/api/v1/grks`;
    const secure = await startAccountSim({ grks: (_, r) => void r.writeHead(302, { location }).end() }, TLS);
    started.push(secure);
    const door = { ...plain, adminUrl: secure.adminUrl, ca: TLS.cert };
    assert.equal(assertFault(await fetchAccountCard(door, ORDER), 'ACCOUNT_ERROR').detail, 'HTTP 302');
    assert.deepEqual([secure.asked.length, sim?.asked], [1, []]);
  });

  test('what the card is to ask of the Ewon is asked for, and a card without it is refused', async () => {
    const asking = t2mJson(t2mTxt(GRK, ''), accountKey(), { receipt: true, wipe: true });
    const wishes = { receipt: true, wipe: true };
    const door = await start({ grks: answering(KEYS), [EXPORT]: answering(filesOf('', { t2mJson: asking })) });
    const { manifest } = assertOk(await fetchAccountCard(door, { ...ORDER, wishes }));
    assert.deepEqual([manifest.receipt, manifest.wipe], [true, true]);
    assert.match(sim?.asked[1] ?? '', /form=files&note=&receipt=1&wipe=1 /);
    assertFault(await fetchAccountCard(door, { ...ORDER, wishes: { ...wishes, wipe: false } }), 'ACCOUNT_ERROR');
  });

  const txt = t2mTxt(GRK, '');
  const odd: Readonly<Record<string, unknown>> = {
    'not an object': [GRK],
    'without T2M.json': { t2mTxt: filesOf().t2mTxt },
    'T2M.txt as text': { ...filesOf(), t2mTxt: `T2MKey:${GRK}\r\n` },
    'base64 of another spelling': { ...filesOf(), t2mTxt: `${filesOf().t2mTxt.replace(/=*$/, '')}=` },
    'T2M.json too long': { ...filesOf(), t2mJson: 'A'.repeat(100_000) },
    'T2M.txt that is malformed': filesOf('', { t2mTxt: new TextEncoder().encode(`T2MKey: ${GRK}`) }),
    'T2M.json of another T2M.txt': filesOf('', { t2mJson: t2mJson(t2mTxt(GRK, 'x'), accountKey()) }),
    'T2M.json without signature': filesOf('', { t2mJson: new TextEncoder().encode('{}') }),
    'a card of another key': filesOf('', { t2mTxt: t2mTxt(OTHER_GRK, '') }),
    'a card with another note': filesOf('another'),
    'a card that asks for a wipe nobody asked for': filesOf('', {
      t2mJson: t2mJson(txt, accountKey(), { wipe: true }),
    }),
  };
  for (const [what, body] of Object.entries(odd)) {
    test(`an answer that is ${what}: ACCOUNT_ERROR, nothing of it repeated`, () =>
      assertRefused(answering(body), 'ACCOUNT_ERROR'));
  }

  test('a whole card of another key than asked for: ACCOUNT_ERROR', async () => {
    const door = await start({ 'grks/00000001/export': answering(filesOf()) });
    const asked = { ...ORDER, keyId: assertOk(parseGrkId('00000001')) };
    assert.match(assertFault(await fetchAccountCard(door, asked), 'ACCOUNT_ERROR').detail, /asked for 00000001/);
  });

  test('a list of keys of another form: ACCOUNT_ERROR', async () => {
    for (const list of [{}, [{ id: GRK }], [{ id: GRK_ID, state: 1 }], [{ id: '../../x', state: 'active' }], 'text']) {
      const door = await start({ grks: answering(list) });
      assertSecret(assertFault(await fetchAccountCard(door, ORDER), 'ACCOUNT_ERROR'));
    }
  });

  test('an endless answer is left when it is too long', async () => {
    let sentBytes = 0;
    const endless: Answer = (_, response) => {
      const send = () => {
        sentBytes += 65_536;
        if (!response.destroyed) response.write(Buffer.alloc(65_536, 0x20), send);
      };
      send();
    };
    const detail = await assertRefused(endless, 'ACCOUNT_ERROR');
    assert.match(detail, new RegExp(`longer than ${ACCOUNT_ANSWER_MAX_BYTES} bytes`));
    assert.ok(sentBytes < 64 * 1024 * 1024, `${sentBytes} bytes were taken in`);
  });

  test('an answer that stays away, before and in its middle: what is given for nobody there', async () => {
    assert.match(await assertRefused(() => {}, 'ADMIN_UNREACHABLE', 50), /no answer within 50 ms/);
    const half: Answer = (_, response) => void response.writeHead(200).write('{');
    assert.match(await assertRefused(half, 'ADMIN_UNREACHABLE', 50), /no answer within 50 ms/);
    await assertRefused((_, r) => void r.writeHead(200).write('{', () => r.destroy()), 'ADMIN_UNREACHABLE');
  });

  test('nobody there: told by the code of the door, with the address', async () => {
    const door = await start({});
    await sim?.close();
    const { detail } = assertFault(await fetchAccountCard(door, ORDER), 'ADMIN_UNREACHABLE');
    assert.equal(detail, `${door.adminUrl}: ECONNREFUSED`);
    const stale = { ...door, whenAway: 'ACCOUNT_NOT_RUNNING' } as const;
    assertSecret(assertFault(await fetchAccountCard(stale, ORDER), 'ACCOUNT_NOT_RUNNING'));
  });

  test('the same T2M.txt with a T2M.json of its own is what an agent takes', async () => {
    const card = assertOk(await fetchFrom(answering(filesOf('', { t2mTxt: txt }))));
    assert.equal(card.manifest.grkId, GRK_ID);
  });
});
