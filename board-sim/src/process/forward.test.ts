import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type Forward, startForward } from './forward.ts';

/** A server that answers what it gets, behind a forwarder. */
async function echo() {
  const served: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    served.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const targetPort = typeof address === 'object' && address ? address.port : 0;
  const forward = await startForward({ port: 0, host: '127.0.0.1', targetPort });
  return {
    forward,
    served,
    async close() {
      await forward.close();
      for (const socket of served) socket.destroy();
      server.close();
    },
  };
}

async function visitor(forward: Forward) {
  const socket = connect({ port: forward.port, host: '127.0.0.1', allowHalfOpen: true });
  const end = Promise.withResolvers<string>();
  let heard = '';
  socket.on('data', (piece) => {
    heard += piece;
  });
  socket.on('end', () => end.resolve('end'));
  socket.on('error', (error) => end.resolve('code' in error ? String(error.code) : error.message));
  await once(socket, 'connect');
  return { socket, heard: () => heard, end: end.promise };
}

/** Asks the server itself: what was sent to it before has had its chance to arrive. */
async function roundTrip(target: string) {
  const past = connect({ port: Number(target.split(':')[1]), host: '127.0.0.1' });
  past.write('?');
  await once(past, 'data');
  past.destroy();
}

const heardBy = (who: { heard(): string }, text: string) =>
  eventually(() => who.heard() === text, { what: `hearing ${text}, heard ${who.heard()}` });

suite('forwarded port', (test) => {
  test('what goes in comes out, to the end of each direction', async () => {
    const { forward, close } = await echo();
    const visit = await visitor(forward);
    visit.socket.end('hello');
    assert.equal(await visit.end, 'end');
    assert.equal(visit.heard(), 'hello');
    await close();
  });

  test('ten megabytes pass whole, with a delay too', async () => {
    const { forward, close } = await echo();
    forward.delay(5);
    const visit = await visitor(forward);
    visit.socket.end('0123456789'.repeat(1_000_000));
    assert.equal(await visit.end, 'end');
    assert.equal(visit.heard().length, 10_000_000);
    await close();
  });

  test('a refused network resets what is open and refuses what is new, on the same port after it is up', async () => {
    const { forward, close } = await echo();
    const { port } = forward;
    const visit = await visitor(forward);
    visit.socket.write('a');
    await heardBy(visit, 'a');
    await forward.network('refused');
    assert.equal(await visit.end, 'ECONNRESET');
    await assert.rejects(visitor(forward), /ECONNREFUSED/);
    await forward.network('up');
    assert.equal(forward.port, port);
    const again = await visitor(forward);
    again.socket.write('b');
    await heardBy(again, 'b');
    again.socket.destroy();
    await close();
  });

  test('a silent network passes nothing, and what was sent meanwhile when it is up again', async () => {
    const { forward, served, close } = await echo();
    const open = await visitor(forward);
    open.socket.write('a');
    await heardBy(open, 'a');
    await forward.network('silent');
    open.socket.write('b');
    const fresh = await visitor(forward);
    fresh.socket.write('c');
    await roundTrip(forward.target);
    assert.equal(open.heard(), 'a');
    assert.equal(served.length, 2, 'only the first visitor and the round trip past the network reached the server');
    await forward.network('up');
    await heardBy(open, 'ab');
    await heardBy(fresh, 'c');
    open.socket.destroy();
    fresh.socket.destroy();
    await close();
  });

  test('a connection reset on one side is reset on the other', async () => {
    const { forward, served, close } = await echo();
    const visit = await visitor(forward);
    visit.socket.write('a');
    await heardBy(visit, 'a');
    served[0]?.resetAndDestroy();
    assert.equal(await visit.end, 'ECONNRESET');
    await close();
  });

  test('a reset does not cross a silent network until it is up again', async () => {
    const { forward, served, close } = await echo();
    const visit = await visitor(forward);
    visit.socket.write('a');
    await heardBy(visit, 'a');
    await forward.network('silent');
    visit.socket.resetAndDestroy();
    await once(visit.socket, 'close');
    await roundTrip(forward.target);
    assert.equal(served[0]?.destroyed, false);
    await forward.network('up');
    await eventually(() => served[0]?.destroyed, { what: 'the reset at the server' });
    await close();
  });

  test('a delay holds back each direction', async () => {
    const { forward, close } = await echo();
    forward.delay(40);
    const visit = await visitor(forward);
    const startMs = performance.now();
    visit.socket.write('a');
    await heardBy(visit, 'a');
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs >= 80, `there and back in ${tookMs} ms`);
    visit.socket.destroy();
    await close();
  });

  test('nobody behind the port: the connection is reset', async () => {
    const { forward, close } = await echo();
    const nobody = await startForward({ port: 0, host: '127.0.0.1', targetPort: forward.port });
    await forward.close();
    const visit = await visitor(nobody);
    assert.equal(await visit.end, 'ECONNRESET');
    await nobody.close();
    await close();
  });
});
