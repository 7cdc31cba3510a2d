// test-timeout: 300 s
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentStatus } from '@ewon-agent/agent/core/status';
import { plugTty, type TestTty } from '@ewon-agent/contracts/suites/plug-tty';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { commission } from '../src/commission.ts';
import { beginPeak, type Heartbeat, listenToHeart, peakBytes } from '../src/heartbeat.ts';

// The real agent with its console on a serial port, talked to by terminal programs that people use, and by what else comes over such a line.
// With CONSOLE=all noise lasts a minute, and the cable is pulled at every byte.

const takesAll = process.env['CONSOLE'] === 'all';
/** Of a line with 115200 bits a second. */
const LINE_BYTES_PER_SECOND = 11_520;
const NOISE_MS = takesAll ? 60_000 : 3000;
/** The agent must never be silent for a second; the rest is a machine that others use as well. */
const SILENT_MAX_MS = 2500;
const GROWTH_MAX_BYTES = 24e6;
const PATIENT = { timeoutMs: 20_000 };

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
    'for {set n 0} {$n < 20} {incr n} { send "\r"; expect -timeout 1 "ewon>" { set n 20 } }',
  ],
} as const;

/** What a person does, in the words of expect. */
const SESSION = [
  ...['send "\\r"', 'want "ewon>"'],
  ...['send "show status\\r"', 'want "Registration.*unregistered"', 'want "ewon>"'],
  ...['send "ter\\t"', 'want "terminal"', 'send "\\003"', 'want "ewon>"'],
  ...['send "show ?"', 'want "identity"', 'want "show"', 'send "\\003"', 'want "ewon>"'],
  ...['send "\\020"', 'want "status"', 'send "\\003"', 'want "ewon>"'],
  ...['send "terminal length 5\\r"', 'want "ewon>"', 'send "show status\\r"', 'want -- "--More--"'],
  ...['send " "', 'want -- "--More--"', 'send "q"', 'want "ewon>"'],
  ...['send "shox\\bwz\\177 version\\r"', 'want "ewon-agent.[0-9]"', 'want "ewon>"'],
  ...['send "exit\\r"', 'want "Press.Enter"'],
];

suite('the console on a serial port', {
  timeoutMs: 60_000 + 3 * NOISE_MS,
  needs: ['socat', 'expect', 'picocom', 'minicom', 'screen'],
}, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'console-'));
  const [device, laptop] = [join(dir, 'console'), join(dir, 'laptop')];
  let account: AccountProcess;
  let onBoard: BoardWithAgent;
  let heart: Heartbeat;
  let cable: ChildProcess | undefined;
  let tty: TestTty | undefined;

  test.before(async () => {
    account = await startAccountProcess(join(dir, 'account'), []);
    onBoard = await startBoardWithAgent({
      dir: join(dir, 'board'),
      account: { url: account.deviceUrl, caFile: account.ca },
      config: { console: { port: device } },
    });
    heart = listenToHeart(onBoard.stateDir);
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
  const plugLaptop = () =>
    attached(async () => {
      const end = (link: string) => `PTY,raw,echo=0,link=${link}`;
      cable = spawn('socat', [end(device), end(laptop)], { stdio: 'ignore' });
      await eventually(() => existsSync(laptop), { what: laptop });
    });
  async function unplugLaptop() {
    if (cable && cable.exitCode === null && cable.signalCode === null) {
      cable.kill();
      await once(cable, 'exit');
    }
    cable = undefined;
  }
  /** A person at a terminal program, to the end of what is done there. */
  async function person(start: readonly string[], steps: readonly string[]) {
    const script = [
      'set timeout 20',
      'set stty_init "rows 24 cols 80"',
      'proc want {args} { set what [lindex $args end]',
      'expect -re $what {} timeout { puts "\nMISSED $what"; exit 1 } eof { puts "\nENDED $what"; exit 1 } }',
      ...start,
      ...steps,
      // a terminal program that is killed lets its line fall, as one whose window is closed
      'exec kill -KILL [exp_pid]',
      'exit 0',
    ];
    mkdirSync(join(dir, 'screens'), { recursive: true, mode: 0o700 });
    const env = { ...process.env, TERM: 'vt100', SCREENDIR: join(dir, 'screens'), HOME: dir };
    const child = spawn('expect', ['-c', script.join('\n')], { stdio: ['ignore', 'pipe', 'pipe'], env });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('latin1').on('data', (text: string) => {
        said += text;
      });
    const [status] = await once(child, 'close');
    assert.equal(status, 0, said.slice(-1500));
    return said;
  }

  for (const [name, program] of Object.entries(PROGRAMS))
    test(`by ${name}: attach, ask, complete, be helped, look back, turn pages, correct, leave`, async () => {
      await plugLaptop();
      await person(program(laptop), SESSION);
    });

  test('Enter may be CR, LF or both; BREAK gives up the line', async () => {
    await plugLaptop();
    for (const omap of ['', '--omap crlf', '--omap crcrlf'])
      await person(PROGRAMS.picocom(laptop, omap), [
        ...['send "\\r"', 'want "ewon>"', 'send "show version\\r"', 'want "ewon-agent \\[0-9.\\]+\\r\\newon> $"'],
        // what the kernel makes of a BREAK; a pseudo terminal carries none
        ...[
          'send "forget"',
          'want "forget"',
          'send -null 1',
          'want "\\\\^C\\r\\newon> $"',
          'send "exit\\r"',
          'want "Press"',
        ],
      ]).finally(async () => {
        await unplugLaptop();
        await plugLaptop();
      });
  });

  test('a terminal program that is closed amid a command orders nothing; who comes next begins anew', async () => {
    const before = lasting(await onBoard.status());
    await plugLaptop();
    const leave = ['send "\\ren\\r"', 'want "ewon#"', 'send "forget\\r"', 'want "Type yes"', 'send "ye"', 'want "ye"'];
    await person(PROGRAMS.picocom(laptop), leave);
    await unplugLaptop();
    await plugLaptop();
    await person(PROGRAMS.picocom(laptop), ['send "s\\r"', 'want "ewon> $"']);
    assert.deepEqual(lasting(await onBoard.status()), before);
  });

  const typist = async () => {
    const plugged = await attached(() => plugTty(dir, 'console'));
    tty = plugged;
    let said = '';
    plugged.peer.setEncoding('latin1').on('data', (text: string) => {
      said += text;
    });
    return {
      peer: plugged.peer,
      said: () => said,
      async asks(typed: string | Uint8Array, answer: RegExp) {
        const before = said.length;
        plugged.peer.write(typed, 'latin1');
        await eventually(() => answer.test(said.slice(before)), {
          what: `${answer} in ${JSON.stringify(said.slice(-300))}`,
          ...PATIENT,
        });
      },
    };
  };
  const pid = () => {
    const started = onBoard.board.events.all.findLast((event) => event.on === 'program' && event.state === 'started');
    return started && 'pid' in started ? Number(started.pid) : assert.fail('no process');
  };
  const uplinkCodes = () =>
    onBoard.board.events.all.flatMap((event) =>
      event.on === 'output' ? (/"code":"(UPLINK_\w+)"/.exec(event.line)?.[1] ?? []) : [],
    );

  /** An abuse while the Ewon is online: what it left, was heard and cost. */
  async function unharmed(what: string, abuse: (on: Awaited<ReturnType<typeof typist>>) => Promise<void>) {
    const on = await typist();
    await on.asks('\r', /ewon> $/);
    const before = lasting(await onBoard.status());
    const codes = uplinkCodes().length;
    const bytes = beginPeak(pid());
    heart.begin();
    await abuse(on);
    const met = { what, silentMs: Math.round(heart.longestSilenceMs()), grownBytes: peakBytes(pid()) - bytes };
    process.stdout.write(`  ${JSON.stringify(met)}\n`);
    assert.ok(met.silentMs < SILENT_MAX_MS && met.grownBytes < GROWTH_MAX_BYTES, JSON.stringify(met));
    assert.deepEqual(lasting(await onBoard.status()), before);
    assert.deepEqual(uplinkCodes().slice(codes), []);
    assert.doesNotMatch(on.said(), /[^\x07\x08\r\n -~]/, 'nothing but printable ASCII, BEL, BS, CR and LF');
  }

  test('what the account says comes between the lines that are typed', async () => {
    const { asks, said } = await typist();
    await asks('\rterminal length 0\rshow sta', /ewon> show sta$/);
    const card = join(dir, 'card.img');
    writeFileSync(card, await account.api.cardImage('line 4'));
    await commission(onBoard, account, card);
    const line = /\r\d\d:\d\d:\d\d info agent: [^\r]*\r\n?[^\r]*\(UPLINK_ONLINE\)[^\r]*\r\newon> show sta$/;
    await eventually(() => line.test(said()), { what: 'online, and the line as it was', ...PATIENT });
    await asks('tus\r', /Registration {2}registered[\s\S]*ewon> $/);
  });

  test('a line of 10 MB: a prompt, and nothing was ordered', () =>
    unharmed('10 MB', async ({ peer, asks }) => {
      const piece = Buffer.alloc(65_536, 'forget ');
      for (let n = 0; n < 153; n++) if (!peer.write(piece)) await once(peer, 'drain');
      const fromMs = performance.now();
      await asks('\r', /nothing was done\r\newon> $/);
      process.stdout.write(`  prompt ${Math.round(performance.now() - fromMs)} ms after the end of 10 MB\n`);
    }));

  test(`noise at line speed for ${NOISE_MS / 1000} s: a prompt, and nothing was ordered`, () =>
    unharmed('noise', async ({ peer, asks }) => {
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
      await asks('\x11\x03\x03', /ewon> $/);
      process.stdout.write(`  prompt ${Math.round(performance.now() - fromMs)} ms after the noise\n`);
      await asks('\rshow version\r', /ewon-agent \d+\.\d+\.\d+\r\newon> $/);
    }));

  test('escape sequences, and a terminal that is asked for everything and reads nothing', () =>
    unharmed('escapes, not read', async ({ peer, asks }) => {
      await asks('\x1b]0;forget\rforget\x07\x1b[200~\x1b[c\x1b[6n\x1bP+q\x1b\\\x03', /ewon> $/);
      peer.pause();
      peer.write('show ?'.repeat(20_000));
      await eventually(() => peer.writableLength === 0, { what: 'all taken', ...PATIENT });
      peer.resume();
      await asks('\x03', /ewon> $/);
    }));

  test(`the cable is pulled at ${takesAll ? 'every byte' : 'some bytes'} of forget and its yes: nothing was ordered`, async () => {
    const all = '\ren\rforget\ryes';
    for (let cut = takesAll ? 0 : 3; cut <= all.length; cut += takesAll ? 1 : 6) {
      const before = lasting(await onBoard.status());
      const { peer, asks } = await typist();
      await asks(all.slice(0, cut) || '\r', cut > 4 ? /ewon# |yes/ : /ewon/);
      peer.write('');
      await tty?.unplug();
      tty = undefined;
      assert.deepEqual(lasting(await onBoard.status()), before);
    }
  });

  test('forget with its yes is ordered over this line as over any other', async () => {
    const { asks } = await typist();
    await asks('\ren\rforget\r', /Type yes to do it: $/);
    await asks('yes\r', /being unlinked.*ewon# $/s);
    await onBoard.statusUntil(({ registration }) => registration.state === 'unregistered', 'unregistered');
  });
});

/** What an abuse must not change. */
function lasting({ registration, fingerprint, startCount, slots, uplink }: AgentStatus) {
  return { registration, fingerprint, startCount, slots, uplink };
}
