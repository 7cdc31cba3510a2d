import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plugTty } from '@ewon-agent/contracts/suites/plug-tty';
import { assert, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { openTty } from './serial-tty.ts';

const [XOFF, XON] = ['\x13', '\x11'];

suite('a terminal that is opened', { needs: ['socat'] }, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'serial-tty-'));
  test.after(() => rmSync(dir, { recursive: true, force: true }));

  test('while the other end stops what is written, what it types is read; and when it goes on, all is written', async () => {
    const plugged = await plugTty(dir);
    const tty = assertOk(await openTty({ path: plugged.path, baud: 115_200 }, { xon: true, xoff: true, xany: false }));
    let typed = '';
    let shown = 0;
    plugged.peer.on('data', (bytes: Buffer) => {
      shown += bytes.filter((byte) => byte === 0x78).length;
    });
    const ended = tty.readUntilGone((piece) => {
      typed += piece.toString('latin1');
    });
    plugged.peer.write('a');
    await eventually(() => typed === 'a', { what: 'the first key' });
    plugged.peer.write(XOFF);
    const size = 200_000;
    let isWritten = false;
    const written = tty.write(Buffer.alloc(size, 'x')).then(() => {
      isWritten = true;
    });
    for (const key of ['b', 'c', 'd']) {
      plugged.peer.write(key);
      await eventually(() => typed.endsWith(key), { what: `key ${key} while nothing is taken` });
    }
    assert.equal(isWritten, false, 'it was stopped');
    plugged.peer.write(XON);
    await written;
    await eventually(() => shown === size, { what: 'all of it at the other end' });
    assert.equal(typed, 'abcd');
    tty.stop();
    await ended;
    await tty.close();
    await plugged.unplug();
  });
});
