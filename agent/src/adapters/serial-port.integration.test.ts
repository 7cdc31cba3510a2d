import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault, SerialLine, SerialPort } from '@ewon-agent/contracts';
import { plugTty, type TestTty } from '@ewon-agent/contracts/suites/plug-tty';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { createSystemClock } from './clock-system.ts';
import { openSerialPort } from './serial-port.ts';

/** Pauses are a tenth of what they are on a board. */
const real = createSystemClock();
const clock = { after: (ms: number, call: () => void) => real.after(ms / 10, call) };

suite('a serial port', { needs: ['socat'], timeoutMs: 90_000 }, (test) => {
  let dir = '';
  let tty: TestTty | undefined;
  let port: SerialPort | undefined;
  let opened = 0;
  let lines: SerialLine[] = [];
  let faults: Fault[] = [];
  test.before.each(() => {
    dir = mkdtempSync(join(tmpdir(), 'tty-'));
    [opened, lines, faults] = [0, [], []];
  });
  test.after.each(async () => {
    await port?.close();
    await tty?.unplug();
    rmSync(dir, { recursive: true });
  });

  const want = (path = join(dir, 'tty')) => {
    const listener = {
      opened: () => void opened++,
      line: (line: SerialLine) => void lines.push(line),
      gone: (fault: Fault) => void faults.push(fault),
    };
    port = openSerialPort(clock, { path, baud: 115_200 }, listener);
    return port;
  };
  const openedTimes = (times: number) => eventually(() => opened === times, { what: `opened ${times} times` });
  const heard = (text: string) => eventually(() => lines.some((line) => line.text === text), { what: text });
  const texts = () => lines.map(({ text }) => text);

  test('hands over lines whole, however they come in, and writes as it is told', async () => {
    tty = await plugTty(dir);
    const { write } = want();
    await openedTimes(1);
    for (const piece of ['\r\nOK\r', '\n$GPG', 'GA,1*00\r\n', '\xff\0\x01\n', 'last\n'])
      tty.peer.write(piece, 'latin1');
    await heard('last');
    assert.deepEqual(texts(), ['OK', '$GPGGA,1*00', '\xff\0\x01', 'last']);
    const asked = once(tty.peer, 'data');
    assertOk(await write('AT+CSQ\r'));
    assert.equal(String(await asked), 'AT+CSQ\r');
  });

  test('says once that its device is gone, and is there again when the device is', async () => {
    tty = await plugTty(dir);
    const { write } = want();
    await openedTimes(1);
    await tty.unplug();
    await eventually(() => faults.length === 1, { what: 'told that it is gone' });
    assert.equal(faults[0]?.code, 'SERIAL_GONE');
    assertFault(await write('AT\r'), 'SERIAL_GONE');
    tty = await plugTty(dir);
    await openedTimes(2);
    tty.peer.write('back\n');
    await heard('back');
    assert.equal(faults.length, 1);
  });

  test('that is not there at first is told once, waited for and opened when it comes', async () => {
    want();
    await eventually(() => faults.length === 1, { what: 'told that it is not there' });
    assert.equal(faults[0]?.code, 'SERIAL_UNOPENED');
    assert.match(faults[0]?.detail ?? '', /tty: No such file or directory/);
    tty = await plugTty(dir);
    await openedTimes(1);
    assert.equal(faults.length, 1);
  });

  test('a file that is no terminal is told, and not read', async () => {
    want(import.meta.filename);
    await eventually(() => faults.length === 1, { what: 'told' });
    assert.equal(faults[0]?.code, 'SERIAL_UNOPENED');
    assert.deepEqual([opened, lines], [0, []]);
  });

  test('10 MB without an end of line take no memory, and the next line is heard', async () => {
    tty = await plugTty(dir);
    want();
    await openedTimes(1);
    const piece = Buffer.alloc(65_536, 0xaa);
    const before = process.memoryUsage();
    for (let n = 0; n < 160; n++) if (!tty.peer.write(piece)) await once(tty.peer, 'drain');
    tty.peer.write('\nafter\n');
    await eventually(() => lines.length === 2, { what: 'the line after', timeoutMs: 20_000 });
    const after = process.memoryUsage();
    assert.deepEqual([lines[0]?.text.length, lines[0]?.cut, lines[1]?.text], [1024, true, 'after']);
    const grown = after.rss - before.rss;
    assert.ok(grown < 8e6, `${grown} bytes more`);
  });

  test('whose device takes nothing refuses a second text, and lets go of the first when it is closed', async () => {
    tty = await plugTty(dir);
    tty.peer.pause();
    const { close, write } = want();
    await openedTimes(1);
    const first = write('x'.repeat(4_000_000));
    assert.match(assertFault(await write('AT\r'), 'SERIAL_GONE').detail, /takes nothing/);
    await close();
    assertFault(await first, 'SERIAL_GONE');
  });

  test('closed twice, while it opens or while it reads, it tells nothing more and holds nothing', async () => {
    tty = await plugTty(dir);
    const early = want();
    await Promise.all([early.close(), early.close()]);
    const { close, write } = want();
    await openedTimes(1);
    await Promise.all([close(), close()]);
    assertFault(await write('AT\r'), 'SERIAL_GONE');
    tty.peer.write('too late\n');
    await tty.unplug();
    assert.deepEqual([lines, faults], [[], []]);
  });
});
