import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort } from './free-port.ts';
import { assert, suite } from './suite.ts';

suite('a free port', (test) => {
  test('can be listened on, is another each time, and is none that the kernel gives to whoever asks for any', async () => {
    const [one, other] = [await freePort(), await freePort()];
    assert.notEqual(one, other);
    for (const port of [one, other]) {
      assert.ok(port >= 1024 && port < 32_768, `${port}`);
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      server.close();
    }
  });

  test('is none that somebody listens on', async () => {
    const busy = createServer().listen((await freePort()) + 1, '127.0.0.1');
    await once(busy, 'listening');
    const address = busy.address();
    const found = await freePort();
    busy.close();
    assert.notEqual(found, typeof address === 'object' && address?.port);
  });
});
