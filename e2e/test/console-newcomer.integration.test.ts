import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { writeImage } from '../src/cards.ts';
import { createLaptop } from '../src/laptop.ts';

// docs/console.md, followed to the letter by somebody with a laptop: each line of its blocks is typed, done, or waited for.

const PAGE = join(import.meta.dirname, '../../docs/console.md');
const SECTION = '## From the cabinet to online';
const PASSWORD = 'several good words';
/** What asks; after it the page has what is typed, or nothing where it is not shown. */
const PROMPT =
  /^(login:|Password:|ewon[>#]|Name of the first administrator:|New password:|Again:|Key:|Type yes to do it:|\*\*\* file:) ?(.*)$/;
/** What is pressed, by what the page says of it. */
const PRESSED: Readonly<Record<string, string>> = {
  'Press Enter.': '\\r',
  'Press Control-A, Control-S.': '\\001\\023',
  'Press Control-A, Control-R.': '\\001\\022',
  'Press Control-A, Control-X.': '\\001\\030',
};

suite('a newcomer at the console', {
  timeoutMs: 180_000,
  needs: ['socat', 'expect', 'picocom', 'sz', 'rz', 'mcopy'],
}, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'newcomer-'));
  const laptop = createLaptop(dir);
  const folder = join(dir, 'files');
  let account: AccountProcess;
  let onBoard: BoardWithAgent;
  let key = '';
  test.before(async () => {
    mkdirSync(folder);
    account = await startAccountProcess(join(dir, 'account'));
    const card = join(dir, 'card.img');
    writeFileSync(card, await account.api.cardImage('line 4'));
    execFileSync('mcopy', ['-i', card, '::T2M.txt', '::T2M.json', folder]);
    key = /A01-\w+/.exec(readFileSync(join(folder, 'T2M.txt'), 'latin1'))?.[0] ?? '';
    await writeImage(join(dir, 'holiday.img'), { 'holiday.txt': Buffer.from('sun') });
    onBoard = await startBoardWithAgent({
      dir: join(dir, 'board'),
      account: { url: account.deviceUrl, caFile: account.ca },
      config: { console: { port: laptop.device } },
    });
    await onBoard.board.led.until('running', 60_000);
    await laptop.plug();
    await onBoard.board.events.until((event) => event.on === 'output' && event.line.includes('"port open"'), {
      what: 'the port open',
      timeoutMs: 60_000,
    });
  });
  test.after(async () => {
    await laptop.unplug();
    await onBoard.board.stop();
    await account.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  /** What is done away from the laptop, by what the page says of it. */
  const ACTS: Readonly<Record<string, () => Promise<unknown>>> = {
    'Put any card or stick into a slot.': () => onBoard.board.slots.usb1.insert(join(dir, 'holiday.img')),
    'Pull it out again.': () => onBoard.board.slots.usb1.remove(),
    'Wait until it is unlinked.': () =>
      onBoard.statusUntil(({ registration }) => registration.state === 'unregistered', 'unlinked'),
    async 'Somebody approves it on the page of the account.'() {
      await onBoard.statusUntil(({ registration }) => registration.state === 'pending', 'pending');
      const [request] = await account.api.pending();
      await account.api.send('POST', `/api/v1/registrations/${request?.id}/approve`);
    },
  };
  const typedAt = (prompt: string, typed: string) => {
    if (prompt === 'Key:') return key;
    return /assword:|Again:/.test(prompt) ? PASSWORD : typed;
  };

  function stepOf(line: string): readonly string[] {
    if (line.startsWith('$ ')) return [`spawn -noecho ${line.slice(2).replace('/dev/ttyUSB0', laptop.port)}`];
    const act = /^! (.*)$/.exec(line)?.[1];
    if (act !== undefined) {
      const pressed = PRESSED[act];
      if (pressed !== undefined) return [`send "${pressed}"`];
      assert.ok(ACTS[act], `${PAGE} says to do what this test cannot: ${act}`);
      return [`act {${act}}`];
    }
    const [, prompt, typed = ''] = PROMPT.exec(line) ?? [];
    if (prompt === undefined) return [`want {${patternOf(line)}}`];
    return [`want {${patternOf(prompt)} $}`, `send -- {${typedAt(prompt, typed)}}`, 'send "\\r"'];
  }

  test('docs/console.md leads from the cabinet to online', async () => {
    const section =
      readFileSync(PAGE, 'utf8')
        .split(/^(?=## )/m)
        .find((text) => text.startsWith(SECTION)) ?? '';
    const lines = [...section.matchAll(/^```\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trimEnd().split('\n'));
    assert.ok(lines.length > 40, `${lines.length} lines in ${SECTION}`);
    const said = await laptop.person(lines.flatMap(stepOf), (name) => ACTS[name]?.() ?? assert.fail(name), folder);
    for (const secret of [PASSWORD, key.slice(4)]) assert.ok(!said.includes(secret));
    const diag = JSON.parse(readFileSync(join(folder, 'ewon-diag.json'), 'utf8'));
    assert.equal(diag.config.stateDir, onBoard.stateDir);
    const { registration, uplink } = await onBoard.status();
    assert.deepEqual([registration.state, uplink.state], ['registered', 'online']);
  });
});

/** `...` is anything, times of day are any, a row may be broken at a blank. */
function patternOf(line: string): string {
  return (
    line
      .replace(/\.\.\.$/, '')
      .split('...')
      .map((part) =>
        part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll(/\d\d:\d\d:\d\d/g, '\\d\\d:\\d\\d:\\d\\d'),
      )
      // the least, or it takes the lines that follow
      .join('.*?')
      .replaceAll(/ +/g, '\\s+?')
  );
}
