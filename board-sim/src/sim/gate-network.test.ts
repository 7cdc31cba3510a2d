import {
  type AccountLinkPort,
  type AccountRequest,
  err,
  type Fault,
  ok,
  type Result,
  type UplinkEvents,
  type UplinkPort,
  type UplinkTarget,
} from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { type Board, createBoard } from '../board.ts';
import { gateAccountLink, gateUplink } from './gate-network.ts';

const REQUEST: AccountRequest = { method: 'GET', url: 'https://account/', headers: {}, ca: '', timeoutMs: 30_000 };
const ANSWER = { status: 200, headers: {}, body: new Uint8Array() };
const message = { topic: 't', payload: '', qos: 1, retain: false } as const;
const TARGET: UplinkTarget = {
  url: 'mqtts://broker',
  ca: '',
  certificate: '',
  privateKey: '',
  clientId: 'd',
  will: message,
  receives: 'down/#',
  keepaliveMs: 40_000,
  connectTimeoutMs: 10_000,
};

/** Waits in virtual time. */
async function soon<T>(board: Board, promise: Promise<T>, withinMs = 0): Promise<T | 'nothing'> {
  let answer: { readonly value: T } | undefined;
  void promise.then((value) => {
    answer = { value };
  });
  await board.clock.advance(withinMs);
  return answer ? answer.value : 'nothing';
}

function resultOf<T>(answer: Result<T> | 'nothing'): Result<T> {
  if (answer === 'nothing') assert.fail('no answer');
  return answer;
}

function accountOn(board: Board, answerAfterMs = 0) {
  const asked: string[] = [];
  const account: AccountLinkPort = {
    close: () => {},
    async request({ url }) {
      asked.push(url);
      await new Promise<void>((passed) => board.ports.clock.after(answerAfterMs, passed));
      return ok(ANSWER);
    },
  };
  return { asked, link: gateAccountLink(board, account) };
}

suite('account behind the network', (test) => {
  test('with the network up a request is answered', async () => {
    const board = createBoard();
    const { link } = accountOn(board);
    assert.deepEqual(assertOk(resultOf(await soon(board, link.request(REQUEST)))), ANSWER);
  });

  test('on a refused network a request fails at once and does not reach the account', async () => {
    const board = createBoard();
    const { link, asked } = accountOn(board);
    board.network.down();
    assertFault(resultOf(await soon(board, link.request(REQUEST))), 'ACCOUNT_UNREACHABLE');
    assert.deepEqual(asked, []);
  });

  test('on a silent network a request runs into its own time limit', async () => {
    const board = createBoard();
    const { link, asked } = accountOn(board);
    board.network.down('silent');
    const request = link.request(REQUEST);
    assert.equal(await soon(board, request, 29_999), 'nothing');
    assertFault(resultOf(await soon(board, request, 1)), 'ACCOUNT_UNREACHABLE');
    assert.deepEqual(asked, []);
  });

  test('an answer under way when the network goes silent is lost, also when it is back in time', async () => {
    const board = createBoard();
    const { link, asked } = accountOn(board, 1000);
    const request = link.request(REQUEST);
    await board.clock.advance(500);
    board.network.down('silent');
    await board.clock.advance(400);
    board.network.up();
    assert.equal(await soon(board, request, 20_000), 'nothing');
    assertFault(resultOf(await soon(board, request, 10_000)), 'ACCOUNT_UNREACHABLE');
    assert.equal(asked.length, 1);
  });

  test('a request under way when the network is refused fails then', async () => {
    const board = createBoard();
    const { link } = accountOn(board, 1000);
    const request = link.request(REQUEST);
    await board.clock.advance(500);
    board.network.down();
    assertFault(resultOf(await soon(board, request)), 'ACCOUNT_UNREACHABLE');
  });

  test('a request that is given up answers at once', async () => {
    const board = createBoard();
    const { link } = accountOn(board, 1000);
    const giveUp = new AbortController();
    const request = link.request({ ...REQUEST, signal: giveUp.signal });
    await board.clock.advance(10);
    giveUp.abort();
    assertFault(resultOf(await soon(board, request)), 'ACCOUNT_UNREACHABLE');
    assertFault(
      resultOf(await soon(board, link.request({ ...REQUEST, signal: giveUp.signal }))),
      'ACCOUNT_UNREACHABLE',
    );
  });

  test('without power the request was made, but nobody hears the answer', async () => {
    const board = createBoard();
    const { link, asked } = accountOn(board, 1000);
    const request = link.request(REQUEST);
    await board.clock.advance(10);
    board.power.cut();
    assert.equal(await soon(board, request, 60_000), 'nothing');
    assert.equal(asked.length, 1);
  });
});

function uplinkOn(board: Board, opening: 'well' | 'refused' = 'well') {
  const sessions: UplinkEvents[] = [];
  const story: string[] = [];
  const closed: Fault[] = [];
  const uplink: UplinkPort = {
    async open(_target, events) {
      if (opening === 'refused') return err('UPLINK_REFUSED');
      sessions.push(events);
      return ok({
        async send({ topic }) {
          story.push(`sent ${topic}`);
          return ok(undefined);
        },
        async close() {
          story.push('disconnected');
        },
      });
    },
  };
  const lose = () => void story.push('lost');
  const gated = gateUplink(board, uplink, lose);
  const open = async (withinMs = 0) =>
    resultOf(
      await soon(board, gated.open(TARGET, { closed: (fault) => closed.push(fault), received: () => {} }), withinMs),
    );
  return { sessions, story, closed, open };
}

suite('uplink behind the network', (test) => {
  test('with the network up a session sends and closes in good order', async () => {
    const board = createBoard();
    const { story, closed, open } = uplinkOn(board);
    const session = assertOk(await open());
    assertOk(resultOf(await soon(board, session.send(message))));
    await soon(board, session.close());
    assert.deepEqual(story, ['sent t', 'disconnected']);
    assert.deepEqual(closed, []);
    board.network.down();
    assert.deepEqual(closed, [], 'a session that was closed is not lost again');
  });

  test('a network that is refused breaks the session once, so that the will is published', async () => {
    const board = createBoard();
    const { story, closed, open } = uplinkOn(board);
    const session = assertOk(await open());
    board.network.down();
    board.network.up();
    board.network.down();
    assert.deepEqual(
      closed.map(({ code }) => code),
      ['UPLINK_UNREACHABLE'],
    );
    assertFault(resultOf(await soon(board, session.send(message))), 'UPLINK_UNREACHABLE');
    assert.deepEqual(story, ['lost']);
    assertFault(await open(), 'UPLINK_UNREACHABLE');
  });

  test('a silent network holds messages back, and carries on when it is up before one and a half keepalives', async () => {
    const board = createBoard();
    const { story, closed, open } = uplinkOn(board);
    const session = assertOk(await open());
    board.network.down('silent');
    const sending = session.send(message);
    assert.equal(await soon(board, sending, 59_999), 'nothing');
    board.network.up();
    assertOk(resultOf(await soon(board, sending, 10_000)));
    assert.deepEqual([story, closed], [['sent t'], []]);
  });

  test('a silent network ends the session after one and a half keepalives', async () => {
    const board = createBoard();
    const { story, closed, open } = uplinkOn(board);
    const session = assertOk(await open());
    board.network.down('silent');
    const sending = session.send(message);
    await board.clock.advance(60_000);
    assert.equal(closed.length, 1);
    assertFault(resultOf(await soon(board, sending)), 'UPLINK_UNREACHABLE');
    assert.deepEqual(story, ['lost']);
    const opening = open(10_000);
    assertFault(await opening, 'UPLINK_UNREACHABLE');
  });

  test('a session that the broker ends is reported once', async () => {
    const board = createBoard();
    const { sessions, closed, open } = uplinkOn(board);
    assertOk(await open());
    sessions[0]?.closed({ code: 'UPLINK_REFUSED', detail: 'revoked' });
    board.network.down();
    assert.deepEqual(
      closed.map(({ code }) => code),
      ['UPLINK_REFUSED'],
    );
  });

  test('a refusal to open is answered as it is', async () => {
    const board = createBoard();
    assertFault(await uplinkOn(board, 'refused').open(), 'UPLINK_REFUSED');
  });

  test('a power cut breaks the session at the broker and tells the program nothing', async () => {
    const board = createBoard();
    const { story, closed, open } = uplinkOn(board);
    assertOk(await open());
    board.power.cut();
    assert.deepEqual([story, closed], [['lost'], []]);
  });
});
