import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EwonTrouble } from '@ewon-agent/board-sim/core/ewon/trouble';
import { type SimulatedEwon, startEwon } from '@ewon-agent/board-sim/ewon/start-ewon';
import type { Code } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { bridgeWith, recordsOf } from '@ewon-agent/firmware-bridge/testing/bridge-here';

// What a person is told of an Ewon that is not well, and that nothing was changed on it by then.

const PASSWORD = 'made up, only here';
type Case = {
  readonly trouble: Partial<EwonTrouble>;
  readonly words: readonly string[];
  readonly code: Code;
  readonly status: 1 | 3;
};

const BY_HTTP: readonly Case[] = [
  { trouble: { http: 'silent' }, words: ['info'], code: 'EWON_TIMED_OUT', status: 1 },
  { trouble: { http: 'drip' }, words: ['tags', 'list'], code: 'EWON_TIMED_OUT', status: 1 },
  { trouble: { http: 'refused' }, words: ['info'], code: 'EWON_UNREACHABLE', status: 1 },
  { trouble: { http: 'dropped' }, words: ['info'], code: 'EWON_UNREACHABLE', status: 1 },
  { trouble: { http: 'loginPage' }, words: ['tags', 'list'], code: 'EWON_NOT_ONE', status: 3 },
  { trouble: { http: 'loginPage' }, words: ['set'], code: 'EWON_NOT_ONE', status: 3 },
  { trouble: { http: 'noSerial' }, words: ['set'], code: 'EWON_NOT_ONE', status: 3 },
  { trouble: { http: 'wrongPassword' }, words: ['set'], code: 'EWON_PASSWORD_WRONG', status: 3 },
  { trouble: { http: 'endless' }, words: ['info'], code: 'TEXT_TOO_LARGE', status: 3 },
];
const BY_FTP: readonly Case[] = [
  { trouble: { ftp: 'silent' }, words: ['get'], code: 'EWON_TIMED_OUT', status: 1 },
  { trouble: { ftp: 'refused' }, words: ['set'], code: 'EWON_UNREACHABLE', status: 1 },
  { trouble: { ftp: 'wrongPassword' }, words: ['set'], code: 'EWON_PASSWORD_WRONG', status: 3 },
  { trouble: { ftp: 'dropped' }, words: ['backup'], code: 'EWON_UNREACHABLE', status: 1 },
  { trouble: { ftp: 'diskFull' }, words: ['upload'], code: 'EWON_DISK_FULL', status: 3 },
];

suite('ewon-bridge on an Ewon in trouble', { timeoutMs: 180_000 }, (test) => {
  let ewon: SimulatedEwon;
  let dir: string;
  test.before(async () => {
    ewon = await startEwon({ password: PASSWORD, tags: { Level: 40.5 } });
    dir = mkdtempSync(join(tmpdir(), 'ewon-trouble-'));
    writeFileSync(join(dir, 'program.bas'), 'REM\r\n'.repeat(10_000));
  });
  test.after(async () => {
    await ewon.close();
    rmSync(dir, { recursive: true });
  });

  /** @param patience in seconds: only what never answers meets a short one */
  const run = async ([command = '', ...words]: readonly string[], patience = '60') => {
    const more: Readonly<Record<string, readonly string[]>> = {
      set: ['WANCnx=0', 'System.Identification=other'],
      backup: [join(dir, 'backup.tar')],
      upload: [join(dir, 'program.bas')],
    };
    const host = new URL(ewon.url).host;
    const argv = [command, ...words, host, ...(more[command] ?? []), '--ftp-port', String(ewon.ftpPort)];
    return bridgeWith({ EWON_PASSWORD: PASSWORD }, [...argv, '--json', '--timeout', patience]);
  };

  for (const { trouble, words, code, status } of [...BY_HTTP, ...BY_FTP])
    test(`${JSON.stringify(trouble)}: ${words.join(' ')} is ${code}, and changes nothing`, async () => {
      const { comcfg, system, program } = ewon.state();
      await ewon.trouble(trouble);
      const said = await run(words, code === 'EWON_TIMED_OUT' ? '1' : undefined);
      assert.deepEqual([said.status, (recordsOf(said).at(-1) as { outcome?: string }).outcome], [status, code]);
      assert.ok(!(said.stdout + said.stderr).includes(PASSWORD));
      const now = ewon.state();
      assert.deepEqual([now.comcfg, now.system, now.program], [comcfg, system, program]);
      assert.deepEqual(readdirSync(dir), ['program.bas']);
      await ewon.trouble({});
      assert.equal((await run(['info'])).status, 0);
    });
});
