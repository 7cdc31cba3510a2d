import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { testClock } from '../testing/test-clock.ts';
import { watchGpsd } from './gpsd-lines.ts';

/** A port where the test answers, and a watch of it. */
async function watched(port = 0) {
  const sockets: Socket[] = [];
  const asked: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.setEncoding('latin1').on('data', (text: string) => asked.push(text));
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('this is a bug: no port');
  const { clock, pass } = testClock();
  const lines: string[] = [];
  const gone: string[] = [];
  const watch = watchGpsd(
    clock,
    { host: '127.0.0.1', port: address.port },
    { line: (text) => lines.push(text), gone: ({ detail }) => gone.push(detail) },
  );
  const close = async () => {
    watch.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  };
  return { ...{ sockets, asked, lines, gone, pass, watch, server, close }, port: address.port };
}

suite('a watch of gpsd', (test) => {
  test('it asks to watch, and tells lines whole, in whatever pieces they come', async () => {
    const { sockets, asked, lines, close } = await watched();
    await eventually(() => asked.length > 0, { what: 'a question' });
    assert.deepEqual(asked, ['?WATCH={"enable":true,"json":true}\n']);
    for (const piece of ['{"class":"VER', 'SION"}\r\n{"class":', '"TPV"}\r\n{"cl']) {
      sockets[0]?.write(piece);
      await new Promise(setImmediate);
    }
    await eventually(() => lines.length === 2, { what: 'two lines' });
    assert.deepEqual(lines, ['{"class":"VERSION"}', '{"class":"TPV"}']);
    await close();
  });

  test('a line without an end is cut and not told; the next one is', async () => {
    const { sockets, asked, lines, close } = await watched();
    await eventually(() => asked.length > 0, { what: 'a question' });
    sockets[0]?.write(`${'x'.repeat(100_000)}\n{}\n`);
    await eventually(() => lines.length > 0, { what: 'a line' });
    assert.deepEqual(lines, ['{}']);
    await close();
  });

  test('one that hangs up is told once and asked again, later each time', async () => {
    const { sockets, asked, gone, lines, pass, close, port } = await watched();
    await eventually(() => asked.length === 1, { what: 'a question' });
    sockets[0]?.destroy();
    await eventually(() => gone.length === 1, { what: 'the end' });
    assert.deepEqual(gone, [`gpsd at 127.0.0.1:${port}: hung up`]);
    pass(999);
    await new Promise(setImmediate);
    assert.equal(sockets.length, 1);
    pass(1);
    await eventually(() => asked.length === 2, { what: 'a second question' });
    sockets[1]?.destroy();
    const before = sockets.length;
    await eventually(
      () => {
        pass(100);
        return asked.length === 3;
      },
      { what: 'a third question' },
    );
    assert.deepEqual([before, gone.length], [2, 1], 'told once');
    sockets[2]?.write('{}\n');
    await eventually(() => lines.length === 1, { what: 'a line' });
    sockets[2]?.destroy();
    await eventually(() => gone.length === 2, { what: 'the end again' });
    await close();
  });

  test('nobody there is told by its reason; after the end nothing is', async () => {
    const { sockets, close, port } = await watched();
    await close();
    assert.ok(sockets.length <= 1);
    const { clock, pass } = testClock();
    const gone: string[] = [];
    const watch = watchGpsd(clock, { host: '127.0.0.1', port }, { line() {}, gone: ({ detail }) => gone.push(detail) });
    await eventually(() => gone.length === 1, { what: 'the reason' });
    assert.match(gone[0] ?? '', /ECONNREFUSED$/);
    watch.close();
    pass(1_000_000);
    assert.equal(gone.length, 1);
  });
});
