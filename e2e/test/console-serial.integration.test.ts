import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHOWN } from '@ewon-agent/agent/core/console/commands/show';
import type { AgentStatus } from '@ewon-agent/agent/core/status';
import { plugTty, type TestTty } from '@ewon-agent/contracts/suites/plug-tty';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { runCommand } from '../src/command.ts';
import { commission } from '../src/commission.ts';
import { beginPeak, type Heartbeat, listenToHeart, peakBytes } from '../src/heartbeat.ts';
import { addConsoleUser, createLaptop } from '../src/laptop.ts';

// The real agent with its console on a serial port, talked to by terminal programs that people use, and by what else comes over such a line.
// With CONSOLE=all noise lasts a minute, and the cable is pulled at every byte.

const takesAll = process.env['CONSOLE'] === 'all';
/** Of a line with 115200 bits a second. */
const LINE_BYTES_PER_SECOND = 11_520;
const NOISE_MS = takesAll ? 60_000 : 2000;
/** The agent must never be silent for a second; the rest is a machine that others use as well. */
const SILENT_MAX_MS = 2500;
const GROWTH_MAX_BYTES = 24e6;
const PATIENT = { timeoutMs: 60_000 };

/** How each is started, and how to know that it listens: what is typed before may be thrown away. */
const PROGRAMS = {
  picocom: (laptop: string, more = '') => [
    `spawn -noecho picocom -b 115200 ${more} ${laptop}`,
    'want "Terminal ready"',
  ],
  minicom: (laptop: string) => [`spawn -noecho minicom -o -b 115200 -D ${laptop}`, 'want "special keys"'],
  // it does not say so
  screen: (laptop: string) => [
    `spawn -noecho screen ${laptop} 115200`,
    'for {set n 0} {$n < 20} {incr n} { send "\r"; expect -timeout 1 "login: " { set n 20 } }',
  ],
} as const;

const PASSWORD = 'correct horse';
/** What a person does, in the words of expect. */
const LOGIN = [
  ...['want "login: $"', 'send "ada\\r"', 'want "Password: $"'],
  ...[`send "${PASSWORD}\\r"`, 'want "ada, administrator"', 'want "ewon>"'],
];
const SESSION = [
  'send "\\r"',
  ...LOGIN,
  ...['send "show status\\r"', 'want "Registration.*unregistered"', 'want "ewon>"'],
  ...['send "ter\\t"', 'want "terminal"', 'send "\\003"', 'want "ewon>"'],
  ...['send "show ?"', 'want "identity"', 'want "show"', 'send "\\003"', 'want "ewon>"'],
  ...['send "\\020"', 'want "status"', 'send "\\003"', 'want "ewon>"'],
  ...['send "terminal length 5\\r"', 'want "ewon>"', 'send "show status\\r"', 'want -- "--More--"'],
  ...['send " "', 'want -- "--More--"', 'send "q"', 'want "ewon>"'],
  ...['send "shox\\bwz\\177 version\\r"', 'want "ewon-agent.[0-9]"', 'want "ewon>"'],
  ...['send "exit\\r"', 'want "login:"'],
];

suite('the console on a serial port', {
  timeoutMs: 180_000 + 3 * NOISE_MS,
  needs: ['socat', 'expect', 'picocom', 'minicom', 'screen', 'sz'],
}, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'console-'));
  const { device, port: laptop, plug, unplug: unplugLaptop, person } = createLaptop(dir);
  let account: AccountProcess;
  let onBoard: BoardWithAgent;
  let heart: Heartbeat;
  let tty: TestTty | undefined;

  test.before(async () => {
    account = await startAccountProcess(join(dir, 'account'), []);
    onBoard = await startBoardWithAgent({
      dir: join(dir, 'board'),
      account: { url: account.deviceUrl, caFile: account.ca },
      config: { console: { port: device } },
    });
    await onBoard.board.led.until('running', 60_000);
    await addConsoleUser(onBoard.configFile, 'ada', 'administrator', PASSWORD);
    heart = listenToHeart(onBoard.stateDir, pid);
  });
  test.after.each(async () => {
    await tty?.unplug();
    tty = undefined;
    await unplugLaptop();
  });
  test.after(async () => {
    await heart.stop();
    await onBoard.board.stop();
    await account.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  /** How often the agent opened its port; what is sent before that is lost, as on a line. */
  const openings = () =>
    onBoard.board.events.all.filter((event) => event.on === 'output' && event.line.includes('"port open"')).length;
  async function attached<T>(plug: () => Promise<T>): Promise<T> {
    const before = openings();
    const plugged = await plug();
    await eventually(() => openings() > before, { what: 'the port open', ...PATIENT });
    return plugged;
  }
  const plugLaptop = () => attached(plug);

  for (const [name, program] of Object.entries(PROGRAMS))
    test(`by ${name}: attach, ask, complete, be helped, look back, turn pages, correct, leave`, async () => {
      await plugLaptop();
      await person([...program(laptop), ...SESSION]);
    });

  test('Enter may also be LF or both; BREAK gives up the line', async () => {
    await plugLaptop();
    for (const omap of ['--omap crlf', '--omap crcrlf'])
      await person([
        ...[...PROGRAMS.picocom(laptop, omap), 'send "\\r"', ...LOGIN],
        ...['send "show version\\r"', 'want "ewon-agent \\[0-9.\\]+\\r\\newon> $"'],
        // what the kernel makes of a BREAK; a pseudo terminal carries none
        ...['send "forget"', 'want "forget"', 'send -null 1', 'want "\\\\^C\\r\\newon> $"'],
        ...['send "exit\\r"', 'want "login: $"'],
      ]).finally(async () => {
        await unplugLaptop();
        await plugLaptop();
      });
  });

  test('a terminal program that is closed amid a command orders nothing; who comes next begins anew', async () => {
    const before = lasting(await onBoard.status());
    await plugLaptop();
    const leave = [
      'send "\\r"',
      ...LOGIN,
      'send "en\\r"',
      'want "ewon#"',
      'send "forget\\r"',
      'want "Type yes"',
      'send "ye"',
      'want "ye"',
    ];
    await person([...PROGRAMS.picocom(laptop), ...leave]);
    await unplugLaptop();
    await plugLaptop();
    await person([...PROGRAMS.picocom(laptop), 'send "yes\\r"', 'want "login: $"']);
    assert.deepEqual(lasting(await onBoard.status()), before);
  });

  const typist = async () => {
    const plugged = await attached(() => plugTty(dir, 'console'));
    tty = plugged;
    let said = '';
    plugged.peer.setEncoding('latin1').on('data', (text: string) => {
      said += text;
    });
    const asks = async (typed: string | Uint8Array, answer: RegExp) => {
      const before = said.length;
      plugged.peer.write(typed, 'latin1');
      await eventually(() => answer.test(said.slice(before)), {
        what: `${answer} in ${JSON.stringify(said.slice(-300))}`,
        ...PATIENT,
      });
    };
    const logsIn = async (name = 'ada') => {
      await asks('\r', /login: $/);
      await asks(`${name}\r`, /Password: $/);
      await asks(`${PASSWORD}\r`, /, (administrator|technician)\..*ewon> $/s);
    };
    return { peer: plugged.peer, said: () => said, asks, logsIn };
  };
  const pid = () => {
    const started = onBoard.board.events.all.findLast((event) => event.on === 'program' && event.state === 'started');
    return started && 'pid' in started ? Number(started.pid) : assert.fail('no process');
  };
  const uplinkCodes = () =>
    onBoard.board.events.all.flatMap((event) =>
      event.on === 'output' ? (/"code":"(UPLINK_\w+)"/.exec(event.line)?.[1] ?? []) : [],
    );

  /** Where a line can be when it is abused, and what is asked there afterwards. */
  const STAGES = {
    'before the name': { reach: '', prompt: /login: $/ },
    'at the password': { reach: 'ada\r', prompt: /login: $/ },
    'in a session': { prompt: /ewon> $/ },
  } as const;
  type Stage = keyof typeof STAGES;
  type Typist = Awaited<ReturnType<typeof typist>>;

  /** An abuse while the Ewon is online: what it left, was heard and cost. Afterwards somebody can log in. */
  async function unharmed(what: string, stage: Stage, abuse: (on: Typist, prompt: RegExp) => Promise<void>) {
    const on = await typist();
    const { prompt, ...at } = STAGES[stage];
    if ('reach' in at) {
      await on.asks('\r', /login: $/);
      if (at.reach !== '') await on.asks(at.reach, /Password: $/);
    } else await on.logsIn();
    const before = lasting(await onBoard.status());
    const codes = uplinkCodes().length;
    const bytes = beginPeak(pid());
    heart.begin();
    await abuse(on, prompt);
    const spent = { silentMs: Math.round(heart.longestSilenceMs()), grownBytes: peakBytes(pid()) - bytes };
    const met = { what, stage, ...spent };
    process.stdout.write(`  ${JSON.stringify(met)}\n`);
    assert.ok(met.silentMs < SILENT_MAX_MS && met.grownBytes < GROWTH_MAX_BYTES, JSON.stringify(met));
    assert.deepEqual(lasting(await onBoard.status()), before);
    assert.deepEqual(uplinkCodes().slice(codes), []);
    if ('reach' in at) await on.logsIn();
    assert.doesNotMatch(on.said(), /[^\x07\x08\r\n -~]/, 'nothing but printable ASCII, BEL, BS, CR and LF');
  }

  test('what the account says comes between the lines that are typed', async () => {
    const { asks, said, logsIn } = await typist();
    await logsIn();
    await asks('terminal length 0\rshow sta', /ewon> show sta$/);
    const card = join(dir, 'card.img');
    writeFileSync(card, await account.api.cardImage('line 4'));
    await commission(onBoard, account, card);
    const line = /\r\d\d:\d\d:\d\d info agent: [^\r]*\r\n?[^\r]*\(UPLINK_ONLINE\)[^\r]*\r\newon> show sta$/;
    await eventually(() => line.test(said()), { what: 'online, and the line as it was', ...PATIENT });
    await asks('tus\r', /Registration {2}registered[\s\S]*ewon> $/);
  });

  test('everything that is shown fits 80 columns', async () => {
    const { asks, said, logsIn } = await typist();
    await logsIn();
    await asks('terminal length 0\r', /ewon> $/);
    await asks('no terminal monitor\r', /ewon> $/);
    for (const word of [...SHOWN, 'users', 'audit']) {
      const before = said().length;
      await asks(`show ${word}\r`, /\newon> $/);
      const rows = said().slice(before).split('\r\n').slice(1, -1);
      assert.ok(rows.length > 0 && rows.join('').trim() !== '', word);
      assert.deepEqual(
        rows.filter((row) => row.length > 79),
        [],
        word,
      );
      assert.doesNotMatch(rows.join('\n'), /^% /m, word);
    }
  });

  const stages = takesAll ? (Object.keys(STAGES) as Stage[]) : (['before the name', 'in a session'] as const);
  for (const stage of stages)
    test(`a line of 10 MB ${stage}: a prompt, and nothing was ordered`, () =>
      unharmed('10 MB', stage, async ({ peer, asks }, prompt) => {
        const piece = Buffer.alloc(65_536, 'forget ');
        for (let n = 0; n < 153; n++) if (!peer.write(piece)) await once(peer, 'drain');
        const fromMs = performance.now();
        await asks('\r', stage === 'in a session' ? /nothing was done\r\newon> $/ : prompt);
        process.stdout.write(`  prompt ${Math.round(performance.now() - fromMs)} ms after the end of 10 MB\n`);
      }));

  for (const stage of ['at the password', 'in a session'] as const)
    test(`noise at line speed for ${NOISE_MS / 1000} s ${stage}: a prompt, and nothing was ordered`, () =>
      unharmed('noise', stage, async ({ peer, asks }, prompt) => {
        let seed = 7;
        const noise = () => {
          seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
          return seed >>> 24;
        };
        const everyMs = 20;
        const size = (LINE_BYTES_PER_SECOND * everyMs) / 1000;
        // a line has its speed; ten times a minute would be another test
        await new Promise<void>((done) => {
          let left = NOISE_MS / everyMs;
          const timer = setInterval(() => {
            peer.write(Uint8Array.from({ length: size }, noise));
            left -= 1;
            if (left > 0) return;
            clearInterval(timer);
            done();
          }, everyMs);
        });
        const fromMs = performance.now();
        await asks('\x11\x03\x03', prompt);
        process.stdout.write(`  prompt ${Math.round(performance.now() - fromMs)} ms after the noise\n`);
        if (stage === 'in a session') await asks('\rshow version\r', /ewon-agent \d+\.\d+\.\d+\r\newon> $/);
      }));

  for (const stage of ['before the name', 'in a session'] as const)
    test(`escape sequences, and a terminal that is asked for everything and reads nothing, ${stage}`, () =>
      unharmed('escapes, not read', stage, async ({ peer, asks }, prompt) => {
        await asks('\x1b]0;forget\rforget\x07\x1b[200~\x1b[c\x1b[6n\x1bP+q\x1b\\\x03', prompt);
        peer.pause();
        peer.write('show ?'.repeat(20_000));
        await eventually(() => peer.writableLength === 0, { what: 'all taken', ...PATIENT });
        peer.resume();
        await asks('\x03', prompt);
      }));

  test(`the cable is pulled at ${takesAll ? 'every byte' : 'some bytes'} of login, forget and its yes: nobody is let in, nothing was ordered`, async () => {
    const typed = { name: 'ada\r', password: `${PASSWORD}\r`, rest: 'en\rforget\ryes' };
    const within = typed.name.length + typed.password.length;
    const all = Object.values(typed).join('');
    for (let cut = takesAll ? 0 : 2; cut <= all.length; cut += takesAll ? 1 : 7) {
      const before = lasting(await onBoard.status());
      const { peer, asks } = await typist();
      await asks('\r', /login: $/);
      const [name, password, rest] = [
        all.slice(0, Math.min(cut, 4)),
        all.slice(4, Math.min(cut, within)),
        all.slice(within, cut),
      ];
      if (name !== '') await asks(name, name === typed.name ? /Password: $/ : new RegExp(`${name}$`));
      // nothing of it is shown
      if (password === typed.password && rest !== '') await asks(password, /ewon> $/);
      else peer.write(password);
      if (rest !== '') await asks(rest, new RegExp(`${rest.split('\r').at(-1)}$`));
      await tty?.unplug();
      tty = undefined;
      assert.deepEqual(lasting(await onBoard.status()), before);
    }
    const { logsIn } = await typist();
    await logsIn();
  });

  test('a file over this line: taken as it is; ^C gives it up; who is removed amid it is put out when it has ended', async () => {
    const files = join(dir, 'files');
    const target = `${'a1'.repeat(32)}.agent-1.2.4.tar`;
    mkdirSync(join(files, 'aspu', 'targets'), { recursive: true });
    const all = Buffer.from(Uint8Array.from({ length: 40_000 }, (_, at) => (at * 7 + (at >> 8)) & 0xff));
    for (const name of ['1.root.json', '2.snapshot.json', 'timestamp.json'])
      writeFileSync(join(files, 'aspu', name), name);
    writeFileSync(join(files, 'aspu', 'targets', target), all);
    execFileSync('tar', ['-cf', 'aspu.tar', 'aspu'], { cwd: files });
    await addConsoleUser(onBoard.configFile, 'tom', 'technician', PASSWORD);
    const { asks, peer, said, logsIn } = await typist();
    await logsIn('tom');
    await asks('no terminal monitor\r', /ewon> $/);
    await asks('en\r', /ewon# $/);
    const sz = spawn('sz', ['--ymodem', '-q', '-k', 'aspu.tar'], { cwd: files, stdio: ['pipe', 'pipe', 'ignore'] });
    sz.stdin.on('error', () => {});
    const back = (text: string) => void (sz.stdin.writable && sz.stdin.write(text, 'latin1'));
    peer.on('data', back); // before it is invited, or it waits for the next invitation
    sz.stdout.on('data', (some: Buffer) => void peer.write(some));
    const ended = once(sz, 'exit');
    await asks('copy ymodem: patch\r', /give up: .*\r\n/);
    const [status] = await ended;
    peer.off('data', back);
    await eventually(() => /Taken: 4 files\.[\s\S]*ewon# $/.test(said()), { what: said().slice(-300), ...PATIENT });
    assert.equal(status, 0);
    assert.deepEqual(readFileSync(join(onBoard.stateDir, 'patch', 'sent', 'targets', target)), all);

    await asks('copy ymodem: card\r', /give up: .*\r\nC/);
    await asks('\x03', /% YMODEM_CANCELLED.*ewon# $/s);

    await asks('copy ymodem: patch\r', /give up: .*\r\nC/);
    const removed = await runCommand('ewon-agent', ['--config', onBoard.configFile, 'console-user', 'remove', 'tom']);
    assert.equal(removed.status, 0, removed.stderr);
    await eventually(() => /you are no user of this console any more\r\nlogin: $/.test(said()), {
      what: `put out in ${JSON.stringify(said().slice(-300))}`,
      ...PATIENT,
    });
    await asks('show status\r', /% A name is.*login: $/s);
    await asks('tom\r', /Password: $/);
    await asks(`${PASSWORD}\r`, /Login incorrect\r\nlogin: $/);
  });

  test('forget with its yes is ordered over this line as over any other', async () => {
    const { asks, logsIn } = await typist();
    await logsIn();
    await asks('en\rforget\r', /Type yes to do it: $/);
    await asks('yes\r', /being unlinked.*ewon# $/s);
    await onBoard.statusUntil(({ registration }) => registration.state === 'unregistered', 'unregistered');
  });
});

/** What an abuse must not change. */
function lasting({ registration, fingerprint, startCount, slots, uplink }: AgentStatus) {
  return { registration, fingerprint, startCount, slots, uplink };
}
