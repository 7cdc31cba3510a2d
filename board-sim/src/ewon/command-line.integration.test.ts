import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, rejects, suite } from '@ewon-agent/contracts/testing';
import { readFirmwareImage } from '../core/ewon/firmware-image.ts';
import { readLines } from '../process/lines.ts';
import { ewonCommand } from './command-line.ts';

const BIN = fileURLToPath(new URL('../../bin/board-sim.js', import.meta.url));

/** The command as a person starts it; `next` waits for the line that is told next. */
function command(cwd: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let came = Promise.withResolvers<void>();
  readLines(child.stdout, 65_536, (line) => {
    lines.push(line);
    came.resolve();
  });
  let complained = '';
  child.stderr.on('data', (piece) => {
    complained += piece;
  });
  return {
    child,
    say: (order: object) => void child.stdin.write(`${JSON.stringify(order)}\n`),
    async next(): Promise<string> {
      while (lines.length === 0) {
        came = Promise.withResolvers();
        await came.promise;
      }
      return lines.shift() ?? '';
    },
    ended: once(child, 'close').then(([status]) => ({ status, complained, lines })),
  };
}

suite('board-sim ewon', { timeoutMs: 90_000 }, (test) => {
  let dir = '';
  test.before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ewon-command-'));
    await writeFile(join(dir, 'password'), 'from a file\n');
    await writeFile(join(dir, 'comcfg.txt'), 'WANCnx:1\r\nT2mAccountName:Made up\r\n');
  });
  test.after(() => rm(dir, { recursive: true }));

  test('answers as told on the command line and on stdin, tells what it writes down, and ends with stdin', async () => {
    const options = [
      '--password-file',
      'password',
      '--comcfg',
      'comcfg.txt',
      '--tag',
      'Level=40.5',
      '--tag',
      'Batch=A=1',
    ];
    const { child, say, next, ended } = command(dir, 'ewon', '--json', '--attached', '--modem', ...options);
    const ready = JSON.parse(await next());
    assert.deepEqual([ready.on, ready.user, ready.ftpPort > 0], ['ready', 'adm', true]);
    say({ do: 'tag', name: 'Level', value: 41, id: 1 });
    assert.deepEqual({ ...JSON.parse(await next()), at: '' }, { at: '', on: 'answer', id: 1, ok: true });
    const block = async (descriptor: string) => {
      const headers = { authorization: `Basic ${btoa('adm:from a file')}`, connection: 'close' };
      return (await fetch(`${ready.url}/rcgi.bin/ParamForm?AST_Param=${descriptor}`, { headers })).text();
    };
    assert.match(await block('$dtIV$ftT'), /^1;"Level";41;0;0;65472\r\n2;"Batch";"A=1";/m);
    assert.match(await block('$dtSC'), /^WANCnx:1\r\n[\s\S]*^T2mAccountName:Made up\r$/m);
    assert.match(await block('$dtES'), /^PppIp:10\.64\.12\.7\r$/m);
    say({ do: 'log', text: 'it rains', origin: 'me' });
    assert.match(JSON.parse(await next()).line, /;"it rains";"me";\d+;1073741824$/);
    await next(); // the answer
    say({ do: 'rain' });
    assert.match(JSON.parse(await next()).error, /BAD_REQUEST.*do: one of tag, link/);
    child.stdin.end();
    assert.deepEqual(await ended, { status: 0, complained: '', lines: [] });
  });

  test('speaks to people without --json, and "stop" ends it', async () => {
    const { say, next, ended } = command(dir, 'ewon');
    assert.match(
      await next(),
      /^\d\d:\d\d:\d\d\.\d{3} ready {3}http:\/\/127\.0\.0\.1:\d+ and ftp:\/\/127\.0\.0\.1:\d+, user adm$/,
    );
    say({ do: 'stop' });
    assert.equal((await ended).status, 0);
  });

  test('a password file that is not there is named, with status 1', async () => {
    const { status, complained } = await command(dir, 'ewon', '--password-file', 'none').ended;
    assert.equal(status, 1);
    assert.match(complained, /ENOENT.*none/);
  });

  test('wrong use says what is right', async () => {
    for (const [args, words] of [
      [['--firmware', 'new'], /A version looks like/],
      [['--serial', '1'], /A serial number looks like/],
      [['--http-port', '70000'], /A port is 0 to 65535/],
      [['--tag', 'Level'], /It looks like Level=40\.5/],
    ] as const) {
      let complained = '';
      const writeErr = (text: string) => {
        complained += text;
      };
      const parsing = ewonCommand().configureOutput({ writeErr }).parseAsync(args, { from: 'user' });
      await rejects(() => parsing, 'commander.invalidArgument');
      assert.match(complained, words);
    }
  });

  test('ewon-firmware writes an image under the name that the vendor gives it', async () => {
    const { next, ended } = command(dir, 'ewon-firmware', '15.0s4', '--product', '24');
    assert.equal(await next(), 'er15_0s4p24_ma.edfs');
    assert.equal((await ended).status, 0);
    assert.deepEqual(readFirmwareImage(await readFile(join(dir, 'er15_0s4p24_ma.edfs'))), {
      version: '15.0s4',
      product: '24',
    });
  });
});
