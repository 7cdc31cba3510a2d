import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { plugTty, type TestTty } from '@ewon-agent/contracts/suites/plug-tty';
import { assert, eventually, findProgram, suite } from '@ewon-agent/contracts/testing';
import { checksumOf } from '@ewon-agent/firmware-bridge/core/nmea-frame';
import { type GnssLanguage, gnssHeard, NOTHING_HEARD } from '../core/gnss.ts';
import type { Gated } from '../core/gnss-gate.ts';
import { createSystemClock } from './clock-system.ts';
import { watchGpsd } from './gpsd-lines.ts';

// The receiver of the test speaks NMEA to Debian's gpsd over a terminal of the kernel, and gpsd to us.

const PLACE = '5113.150,N,00424.150,E';
/** A moment of a receiver that sees eight satellites, or none. */
function moment(now: Date, fix: 'fix' | 'none'): readonly string[] {
  const time = `${now.toISOString().slice(11, 19).replaceAll(':', '')}.00`;
  const [, year, month, day] = /^\d\d(\d\d)-(\d\d)-(\d\d)/.exec(now.toISOString()) ?? [];
  const date = `${day}${month}${year}`;
  const bodies =
    fix === 'fix'
      ? [
          `GPGGA,${time},${PLACE},1,08,0.9,12.0,M,46.0,M,,`,
          'GPGSA,A,3,04,05,09,12,13,17,20,24,,,,,1.6,0.9,1.3',
          'GPGSV,2,1,08,04,40,083,46,05,17,308,41,09,07,344,39,12,22,228,45', // without them gpsd tells no dilution
          'GPGSV,2,2,08,13,40,083,46,17,17,308,41,20,07,344,39,24,22,228,45',
          `GPRMC,${time},A,${PLACE},0.0,0.0,${date},,,A`,
        ]
      : [`GPGGA,${time},,,,,0,00,,,,,,,`, 'GPGSA,A,1,,,,,,,,,,,,,,,', `GPRMC,${time},V,,,,,,,${date},,,N`];
  return bodies.map((body) => `$${body}*${checksumOf(body)}\r\n`);
}

/** Makes of lines what becomes of them. */
function ear(language: GnssLanguage) {
  let state = NOTHING_HEARD;
  const said: Gated[] = [];
  const line = (text: string) => {
    const at = { wallMs: Date.now(), steadyMs: performance.now() };
    const [next, gated] = gnssHeard(state, language, { line: text, ...at }, { hdopMax: 10 });
    state = next;
    if (gated) said.push(gated);
  };
  return { said, line };
}

suite("Debian's gpsd", { needs: ['gpsd', 'socat'], timeoutMs: 90_000 }, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'gpsd-'));
  let tty: TestTty;
  let gpsd: ChildProcess;
  let port = 0;

  test.before(async () => {
    tty = await plugTty(dir);
    port = await freePort();
    // -n: it reads before anybody asks; -b: it never writes to the receiver
    gpsd = spawn(findProgram('gpsd') ?? '', ['-N', '-n', '-b', '-S', String(port), tty.path], { stdio: 'ignore' });
  });
  test.after(async () => {
    gpsd.kill();
    if (gpsd.exitCode === null && gpsd.signalCode === null) await once(gpsd, 'exit');
    await tty.unplug();
    rmSync(dir, { recursive: true, force: true });
  });

  test('what it tells is the place that the receiver said, with its own estimate of the error; then that there is none', async () => {
    const overGpsd = ear('gpsd');
    const watch = watchGpsd(createSystemClock(), { host: '127.0.0.1', port }, { line: overGpsd.line, gone() {} });
    const direct = ear('nmea');
    let fix: 'fix' | 'none' = 'fix';
    let second = 0;
    const start = Date.now();
    const speak = () => {
      for (const sentence of moment(new Date(start + 1000 * ++second), fix)) {
        tty.peer.write(sentence);
        direct.line(sentence.trim());
      }
    };
    const receiver = setInterval(speak, 200);
    try {
      const isWhole = ({ fix: found }: Gated) => found?.satellites !== undefined;
      await eventually(() => overGpsd.said.some(isWhole) && direct.said.some(isWhole), {
        what: 'fixes',
        timeoutMs: 40_000,
      });
      const [told, own] = [overGpsd.said.findLast(isWhole)?.fix, direct.said.findLast(isWhole)?.fix];
      assert.deepEqual([told?.lat, told?.lng, told?.hdop, told?.satellites], [own?.lat, own?.lng, 0.9, 8]);
      assert.ok((told?.accuracy ?? 0) >= (own?.accuracy ?? 0), `${told?.accuracy} m, ours ${own?.accuracy} m`);
      fix = 'none';
      const ends = ({ said }: typeof direct) => said.at(-1)?.what === 'no fix';
      await eventually(() => ends(overGpsd) && ends(direct), { what: 'no fix any more', timeoutMs: 40_000 });
    } finally {
      clearInterval(receiver);
      watch.close();
    }
  });
});
