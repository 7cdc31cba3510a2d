import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Readable, Writable } from 'node:stream';
import { outboxPath } from '@ewon-agent/agent/cli/places';
import { eventually } from '@ewon-agent/contracts/suites/assertions';
import { plugTty } from '@ewon-agent/contracts/suites/plug-tty';
import { acceptMessages } from '@ewon-agent/e2e/accept-messages';
import { startBoardWithAgent } from '@ewon-agent/e2e/board-with-agent';
import { bundledAgent } from '@ewon-agent/e2e/bundles';
import { commission } from '@ewon-agent/e2e/commission';
import { addConsoleUser } from '@ewon-agent/e2e/laptop';
import type { Bench } from './bench.ts';
import { consoleAnswer, type Echoer, type Keystroke, type Load } from './console-page.ts';
import { openStage } from './stage.ts';

const RUNS = 10;
const COUNT = 20_000;
const IDLE_KEYS = 300;
const USER = { name: 'ada', password: 'correct horse' };
const WAIT = { what: 'all at the account', timeoutMs: 120_000 };

/** How long a key takes to its echo, with the agent idle and with it busy. */
export const consoleBench: Bench = {
  name: 'console',
  title: 'Console: a key typed on the serial port → its echo',
  about: `${RUNS} × ${IDLE_KEYS} keys idle, and what fits into ${RUNS} backlogs of ${COUNT} messages, about 3 minutes`,
  async run({ runs = RUNS }, say) {
    const dir = mkdtempSync(join(tmpdir(), 'ewon-bench-'));
    const closers: (() => Promise<unknown> | unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
    try {
      const agent = await bundledAgent(join(dir, 'agent'));
      const stage = await openStage('embedded', join(dir, 'stage'));
      closers.push(() => stage.close());
      const tty = await plugTty(dir);
      closers.push(() => tty.unplug());
      const bash = onTerminal('bash --norc --noprofile -i,pty,setsid,ctty,stderr');
      const cat = onTerminal('cat,pty,raw,echo=0');
      for (const { child } of [bash, cat]) closers.push(() => child.kill());
      const agentLine = { input: tty.peer, output: tty.peer };
      const lines: Readonly<Record<Echoer, TypedAt>> = {
        agent: typedAt(agentLine),
        bash: typedAt(bash),
        cat: typedAt(cat),
      };
      const { account, card } = stage;
      const onBoard = await startBoardWithAgent({
        ...{ dir: join(dir, 'board'), agentCommand: [process.execPath, agent], logLevel: 'error' },
        account: { url: account.deviceUrl, caFile: account.ca },
        config: { console: { port: tty.path } },
      });
      closers.push(() => onBoard.board.stop());
      await commission(onBoard, account, card);
      await addConsoleUser(onBoard.configFile, USER.name, 'administrator', USER.password);
      const db = new DatabaseSync(join(account.stateDir, 'account.sqlite'), { readOnly: true });
      closers.push(() => db.close());
      const last = db.prepare('SELECT coalesce(max(rowid), 0) AS n FROM telemetry');
      const rows = () => Number(last.get()?.['n']);

      const keys: Keystroke[] = [];
      for (let run = 1; run <= runs; run++) {
        await lines.agent.ready();
        for (let n = 0; n < IDLE_KEYS; n++) keys.push(await oneKey(lines, 'idle'));
        await onBoard.board.power.cut();
        const all = rows() + (await acceptMessages(outboxPath(onBoard.stateDir), COUNT)).length;
        const before = rows();
        await onBoard.board.power.on();
        await lines.agent.ready();
        await eventually(() => rows() > before, WAIT);
        const from = keys.length;
        while (rows() < all) keys.push(await oneKey(lines, 'draining'));
        say(`run ${run} of ${runs}: ${keys.length - from} keys while it drained`);
      }
      return consoleAnswer(keys);
    } finally {
      for (const close of closers.reverse()) await close();
    }
  },
};

type TypedAt = {
  /** Types until somebody answers with a prompt. */
  ready(): Promise<void>;
  /** @returns milliseconds until the echo was read */
  key(): Promise<number>;
};

/** Of a row; then it is begun anew, or it would scroll. */
const ROW = 40;

function typedAt({ input, output }: { readonly input: Readable; readonly output: Writable }): TypedAt {
  let said = '';
  let heard = () => {};
  input.setEncoding('latin1').on('data', (text: string) => {
    said += text;
    heard();
  });
  let typed = 0;
  const until = (text: string) =>
    new Promise<void>((resolve) => {
      heard = () => {
        if (said.includes(text)) resolve();
      };
      heard();
    });
  return {
    async ready() {
      said = '';
      await eventually(
        () => {
          if (said.endsWith('ewon> ')) return true;
          const isAsked = said.endsWith('login: ') || said.endsWith('Password: ');
          const answer = said.endsWith('login: ') ? USER.name : isAsked ? USER.password : '';
          if (isAsked || said === '' || said.endsWith('Enter.\r\n')) output.write(`${answer}\r`);
          if (isAsked) said = '\n'; // answered once; somebody else's terminal is not asked
          return false;
        },
        { what: 'a prompt', timeoutMs: 60_000 },
      );
      typed = 0;
      said = '';
      output.write('no terminal monitor\r'); // a line of the log would be taken for an echo
      await until('monitor\r\newon> ');
    },
    async key() {
      if (++typed % ROW === 0) {
        // to the start of the line, and a mark: another each time, as who paints by difference would not write the same again
        const mark = typed % (2 * ROW) === 0 ? '!' : ';';
        said = '';
        output.write(`\x15${mark}`);
        await until(mark);
      }
      said = '';
      const fromMs = performance.now();
      output.write('k');
      await until('k');
      return performance.now() - fromMs;
    },
  };
}

async function oneKey(lines: Readonly<Record<Echoer, TypedAt>>, load: Load): Promise<Keystroke> {
  const took = { agent: await lines.agent.key(), bash: await lines.bash.key(), cat: await lines.cat.key() };
  return { load, ...took };
}

/** A program on a terminal, with as many programs between as the agent has. */
function onTerminal(command: string): {
  readonly child: ChildProcess;
  readonly input: Readable;
  readonly output: Writable;
} {
  const env = { ...process.env, TERM: 'dumb', HISTFILE: '' };
  const child = spawn('socat', ['-', `EXEC:${command}`], { stdio: ['pipe', 'pipe', 'ignore'], env });
  return { child, input: child.stdout, output: child.stdin };
}
