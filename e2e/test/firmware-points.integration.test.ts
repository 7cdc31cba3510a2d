// test-timeout: 7200 s
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { comparePatchVersions, isCode, parsePatchVersion } from '@ewon-agent/contracts';
import { assert, assertOk, findProgram, suite } from '@ewon-agent/contracts/testing';
import { createEwonPlace, type EwonPlace, FAST } from '../src/firmware/ewon-place.ts';

const INSTALLER = fileURLToPath(new URL('../src/firmware/installer-process.ts', import.meta.url));
/** `write` is the disk and the network, both of them from the thread that decides. */
const CALLS = ['unlink', 'rename', 'fsync', 'write'] as const;
const ENDS = ['signal=SIGKILL', 'error=EIO', 'error=ENOSPC'] as const;
/** FIRMWARE_POINTS=all takes every call until there is no n-th any more; else one in the middle of each kind. */
const SAMPLE: readonly (readonly [(typeof CALLS)[number], (typeof ENDS)[number], number])[] = [
  ['write', 'signal=SIGKILL', 12],
  ['fsync', 'signal=SIGKILL', 14],
  ['rename', 'signal=SIGKILL', 3],
  ['unlink', 'signal=SIGKILL', 1],
  ['fsync', 'error=EIO', 4],
  ['rename', 'error=EIO', 2],
  ['fsync', 'error=ENOSPC', 16],
];

/** Installs in a process of its own under strace. @returns what it said, and whether anything was done to it */
async function installTraced(place: EwonPlace, inject: string) {
  const log = join(dirname(place.dir), 'calls');
  const calls = inject.split(':')[0];
  // its Ewon is in another process, which may be late
  const options = { ...place.options, limits: { ...FAST, checkMs: 3000, beginsMs: 3000 } };
  const args = ['-qq', '-o', log, '-e', `trace=${calls}`, '-e', `inject=${inject}`, process.execPath, INSTALLER];
  const child = spawn(findProgram('strace') ?? '', [...args, JSON.stringify({ options, wanted: place.good })]);
  let [said, complained] = ['', ''];
  child.stdout.on('data', (piece) => {
    said += piece;
  });
  child.stderr.on('data', (piece) => {
    complained += piece;
  });
  const [status, signal] = await once(child, 'close');
  const isDone = readFileSync(log, 'utf8').includes('(INJECTED)') || signal === 'SIGKILL' || status === 137;
  return { said: said.trim(), complained, isDone };
}

/** Lets one call end so, and shows that the version before runs or the new one and that the same call comes to its end. */
async function endedAt(inject: string): Promise<boolean> {
  const place = await createEwonPlace();
  try {
    const { said, complained, isDone } = await installTraced(place, inject);
    if (!isDone) return false;
    if (!inject.includes('signal'))
      // one that cannot even say what came of it has been told by stdout, which is a file as well
      assert.ok(said === '' || said === 'ok' || isCode(said), `${inject}: ${said} ${complained}`);
    const runs = parsePatchVersion(await place.runs()) ?? [0, 0, 0];
    const either = [place.before.version, '14.9s3'].map(
      (version) => parsePatchVersion(version) ?? ([0, 0, 1] as const),
    );
    assert.ok(
      either.some((version) => comparePatchVersions(version, runs) === 0),
      `${inject}: ${runs.join('.')} runs`,
    );
    assertOk(await place.open().install(place.good.patch, place.good.file, () => {}));
    assert.deepEqual([inject, await place.runs(), await place.leftOver()], [inject, '14.9s3', []]);
    return true;
  } finally {
    await place.close?.();
  }
}

suite('firmware of an Ewon, at each system call of its installer', {
  timeoutMs: 7_000_000,
  needs: ['strace'],
}, (test) => {
  if (process.env['FIRMWARE_POINTS'] === 'all') {
    for (const call of CALLS)
      for (const end of ENDS)
        test(`${end} at every ${call}`, async () => {
          let nth = 1;
          while (await endedAt(`${call}:${end}:when=${nth}`)) nth += 1;
          assert.ok(nth > 1, `${nth - 1} points: is ${call} what it calls?`);
          process.stdout.write(`${call} ${end}: ${nth - 1} points\n`);
        });
    return;
  }
  for (const [call, end, nth] of SAMPLE)
    test(`${end} at ${call} ${nth}`, async () => {
      assert.ok(await endedAt(`${call}:${end}:when=${nth}`), 'there is such a call');
    });
});
