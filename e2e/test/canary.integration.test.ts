import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandView } from '@ewon-agent/account/http/views';
import { CODES, type Code, type Grk, grkFrom, grkIdOf, toUtf8 } from '@ewon-agent/contracts';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, sameAddresses, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { findBelow, findIn, type Hit, needlesFor } from '../src/canary.ts';
import { writeImage } from '../src/cards.ts';
import { type Ran, runCommand } from '../src/command.ts';
import { malformedT2mTxt } from './malformed-cards.ts';

// A registration key of which every trace is looked for afterwards goes through the main job with all its faults, by
// real processes (threats.md, "Console and secrets"). Only cards and an export that was asked for may hold it.

const canary: Grk = grkFrom(randomBytes(48)) ?? grkFromMore();
const needles = needlesFor(canary);

let dir: string;
let account: AccountProcess;
let onBoard: BoardWithAgent;
const ran: (Ran & { readonly words: string })[] = [];
const accountOutputs: string[] = [];
const argv = new Map<string, string>();
const TAPPED = ['NODE_OPTIONS', 'TLS_TAP_DIR', 'TMPDIR'] as const;
/** The environment of this process before the tap was set. */
const before = TAPPED.map((name) => [name, process.env[name]] as const);

function grkFromMore(): Grk {
  const grk = grkFrom(randomBytes(200));
  if (!grk) throw new Error('this is a bug: no key');
  return grk;
}

const card = (name: string) => join(dir, 'cards', name);
const pid = () => onBoard.board.events.all.flatMap((e) => (e.on === 'program' && e.state === 'started' ? [e.pid] : []));

/** Runs a command and keeps what it said. */
async function command(name: 'account' | 'ewon-agent' | 'sdcard', words: readonly string[], stdin = ''): Promise<Ran> {
  const done = await runCommand(name, words, stdin);
  ran.push({ ...done, words: [name, ...words.filter((word) => !word.includes(canary))].join(' ') });
  return done;
}
const ofAccount = (...words: readonly string[]) => command('account', [...words, '--state', account.stateDir]);
const ofAgent = (...words: readonly string[]) => command('ewon-agent', [...words, '--config', onBoard.configFile]);

/** Writes down how everything that runs was started; what has ended by then is not seen. */
function notePrograms(): void {
  for (const one of [account.pid, onBoard.board.pid, ...pid(), process.pid]) {
    for (const file of ['cmdline', 'environ']) {
      try {
        argv.set(`/proc/${one}/${file}`, readFileSync(`/proc/${one}/${file}`, 'latin1'));
      } catch {
        // it has ended
      }
    }
  }
}

const at = (state: string) => onBoard.statusUntil(({ registration }) => registration.state === state, state);
const slotSays = (code: Code) => onBoard.statusUntil(({ slots }) => slots[0]?.code === code, code);

async function insertAnew(image: string): Promise<void> {
  const { slots } = onBoard.board;
  await slots.sd0.remove();
  await onBoard.statusUntil((now) => now.slots[0]?.state === 'empty', 'an empty slot');
  await slots.sd0.insert(image);
}

async function everythingTheAccountTells(): Promise<void> {
  const { adminUrl, stateDir } = account;
  const authorization = `Bearer ${readFileSync(join(stateDir, 'admin-token'), 'utf8').trim()}`;
  const paths = ['account', 'registrations', 'ewons', 'grks', 'pools', 'auto-registration', 'log?limit=9999'];
  for (const path of [...paths, 'log?form=raw', 'log?format=csv']) {
    const answer = await fetch(new URL(`/api/v1/${path}`, adminUrl), { headers: { authorization } });
    assert.equal(answer.status, 200, path);
    ran.push({ status: 0, stdout: await answer.text(), stderr: '', words: `GET ${path}` });
  }
}

/** Orders the bundle of diagnostics over MQTT, and keeps what the account shows of it. */
async function diagnosedFromAfar(): Promise<void> {
  const [ewon] = await account.api.ewons();
  const order = { name: 'diag', arguments: {} };
  const { id } = await account.api.send<CommandView>('POST', `/api/v1/ewons/${ewon?.deviceId}/commands`, order);
  const shown = () => account.api.get<CommandView>(`/api/v1/commands/${id}`);
  await eventually(async () => (await shown()).state === 'successful', { what: 'diag', timeoutMs: 60_000 });
  const text = JSON.stringify(await shown());
  assert.match(text, /CARD_IGNORED_LINKED/); // the bundle has the event of the card with the key
  ran.push({ status: 0, stdout: text, stderr: '', words: 'GET commands/diag' });
}

suite('a canary key', { timeoutMs: 180_000 }, (test) => {
  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'canary-'));
    for (const folder of ['cards', 'tap', 'tmp']) mkdirSync(join(dir, folder));
    const tap = join(import.meta.dirname, '../src/tls-tap.ts');
    Object.assign(process.env, {
      NODE_OPTIONS: `--import=${tap} --disable-warning=ExperimentalWarning`,
      TLS_TAP_DIR: join(dir, 'tap'),
      TMPDIR: join(dir, 'tmp'),
    });
    account = await startAccountProcess(join(dir, 'account'), ['--log-level', 'debug']);
    const configured = { url: account.deviceUrl, caFile: account.ca };
    onBoard = await startBoardWithAgent({ dir: join(dir, 'board'), account: configured, logLevel: 'debug' });
    await onBoard.board.led.until('running', 60_000);
  });
  test.after(async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await onBoard.board.stop();
    await account.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  test('is imported and exported', async () => {
    assert.equal((await command('account', ['grk', 'import', '-', '--state', account.stateDir], canary)).status, 0);
    assert.equal((await ofAccount('grk', 'export', card('good.img'), '--id', grkIdOf(canary))).status, 0);
    assert.equal((await ofAccount('grk', 'show')).status, 0);
    const again = await command('account', ['grk', 'import', '-', '--state', account.stateDir], `T2MKey:${canary}\r\n`);
    assert.equal(again.status, 3, 'it is there already');
    const wrong = [`${canary}0`, canary.toLowerCase(), `${canary} ${canary}`, `{"key":"${canary}"}`];
    for (const text of wrong) {
      const refused = await command('account', ['grk', 'import', '-', '--state', account.stateDir, '--json'], text);
      assert.notEqual(refused.status, 0);
    }
  });

  test('is given as an argument, or in the wrong place: wrong use, and it is not repeated', async () => {
    const misuses: readonly (readonly ['account' | 'ewon-agent' | 'sdcard', readonly string[]])[] = [
      ['account', ['grk', 'import', canary, '--state', account.stateDir]],
      ['account', ['grk', 'show', canary, '--state', account.stateDir, '--json']],
      ['account', [canary]],
      ['sdcard', ['export', '--key-file', canary, card('x.img')]],
      ['sdcard', ['inspect', canary, '--json']],
      ['sdcard', [canary]],
      ['ewon-agent', [canary]],
      ['ewon-agent', ['status', canary]],
      ['ewon-agent', ['run', '--config', canary]],
      ['ewon-agent', [`--key=${canary}`]],
    ];
    for (const [name, words] of misuses) {
      const { status, stderr, stdout } = await command(name, words);
      assert.equal(status, 2, `${name} ${words.length}: ${stdout}${stderr}`);
    }
    const config = join(dir, 'cards', 'agent.json'); // holds the key, as a card does
    writeFileSync(config, JSON.stringify({ stateDir: 'x', account: { key: canary }, note: canary }));
    assert.equal((await command('ewon-agent', ['run', '--config', config])).status, 2);
  });

  test('is on a card: pending through kills of agent and account, then void because it was renewed', async () => {
    await onBoard.board.slots.sd0.insert(card('good.img'));
    await at('pending');
    notePrograms();
    await onBoard.board.power.cut();
    await ofAgent('status');
    await onBoard.board.power.on();
    await at('pending');
    const again = [...sameAddresses(account), '--log-level', 'debug'];
    await account.kill('SIGKILL');
    accountOutputs.push(account.output());
    await onBoard.statusUntil(({ events }) => events.some(({ code }) => code === 'ACCOUNT_UNREACHABLE'), 'noticed');
    account = await startAccountProcess(account.stateDir, again);
    await at('pending');
    const [waiting] = await account.api.pending();
    await account.api.send('POST', `/api/v1/registrations/${waiting?.id}/approve`);
    await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online', 60_000);
    await insertAnew(card('good.img'));
    await slotSays('CARD_IGNORED_LINKED');
    await ofAgent('status', '--json');
    await ofAgent('diag');
    await diagnosedFromAfar();
    await everythingTheAccountTells();
    await ofAgent('forget');
    await at('unregistered');
    await insertAnew(card('good.img'));
    await at('pending');
    await everythingTheAccountTells();
    await ofAccount('grk', 'renew', grkIdOf(canary), '--yes');
    await at('unregistered');
    await insertAnew(card('good.img'));
    await slotSays('GRK_REVOKED');
  });

  test('is on cards that are damaged, torn, tampered with, malformed or for another account', async () => {
    const bytes = readFileSync(card('good.img'));
    const near = `${canary.slice(0, -1)}${canary.endsWith('0') ? '1' : '0'}`;
    const json = toUtf8(JSON.stringify({ protected: 'e30', payload: 'e30', signature: 'A'.repeat(86), key: canary }));
    const txt = toUtf8(`T2MKey:${canary}\r\n`);
    writeFileSync(card('half.img'), bytes.subarray(0, 40_960));
    writeFileSync(card('headless.img'), Buffer.from(bytes).fill(0, 0, 512));
    writeFileSync(card('tables.img'), Buffer.from(bytes).fill(0xff, 32 * 512, 64 * 512));
    await writeImage(card('near.img'), { 'T2M.txt': toUtf8(`T2MKey:${near}\r\n`) });
    await writeImage(card('json.img'), { 'T2M.txt': txt, 'T2M.json': json });
    await writeImage(card('nojson.img'), { 'T2M.txt': txt, 'T2M.json': txt });
    const wrong = ['half', 'headless', 'tables', 'near', 'json', 'nojson'];
    for (const [index, [, file]] of malformedT2mTxt(canary).entries()) {
      await writeImage(card(`m${index}.img`), { 'T2M.txt': typeof file === 'string' ? toUtf8(file) : file });
      wrong.push(`m${index}`);
    }
    for (const name of wrong) {
      await insertAnew(card(`${name}.img`));
      const { slots } = await onBoard.statusUntil(
        (now) => now.slots[0]?.code !== undefined && CODES[now.slots[0].code].severity === 'error',
        `${name} refused`,
      );
      assert.equal(slots[0]?.state, 'settled');
    }
    for (const name of ['good', 'json', 'half', 'm4', 'm14', 'm21', 'm25']) {
      await command('sdcard', ['inspect', card(`${name}.img`), '--json']);
      await command('sdcard', ['verify', card(`${name}.img`)]);
    }
    await ofAgent('diag');
    await ofAgent('status');
    await everythingTheAccountTells();
    notePrograms();
  });

  test('is nowhere: not in output, traffic, state, diagnostics, logs or arguments, in no encoding', async () => {
    const found: Hit[] = [];
    const bytesLooked = { output: 0, tapped: 0, state: 0 };
    const look = (where: string, text: string) => {
      bytesLooked.output += text.length;
      found.push(...findIn(where, text, needles));
    };
    const lookBelow = (folder: string) => {
      const { hits, files } = findBelow(join(dir, folder), needles);
      found.push(...hits);
      return files;
    };
    const running = ['board/agent', 'account'].flatMap(lookBelow); // with what is still in the write-ahead logs
    assert.ok(running.some((file) => file.endsWith('-wal')) && running.some((file) => file.endsWith('master.key')));
    await onBoard.board.power.cut();
    await account.kill();
    for (const { words, stdout, stderr } of ran) look(words, stdout + stderr);
    for (const text of [...accountOutputs, account.output()]) look('account serve', text);
    for (const event of onBoard.board.events.all) look('the board and its agent', JSON.stringify(event));
    for (const [where, text] of argv) look(where, text);
    for (const folder of readdirSync(dir)) if (folder !== 'cards') lookBelow(folder);
    assert.deepEqual(found, []);

    // the searches above looked at what they say they did
    const tapped = findBelow(join(dir, 'tap'), []).files.map((file) => readFileSync(file, 'latin1'));
    for (const met of [
      /POST \/device\/v1\/registrations HTTP/,
      /"grkBinding"|"payload"/,
      /"mqtt":\{"urls"/,
      /\/up\/status/,
    ])
      assert.ok(
        tapped.some((text) => met.test(text)),
        `no traffic with ${met}`,
      );
    assert.ok(ran.length > 50 && argv.size >= 6 && bytesLooked.output > 50_000);
    assert.ok(findBelow(join(dir, 'cards'), needles).hits.length > 30, 'the cards do hold it');
    process.stdout.write(`${ran.length} answers, ${tapped.length} sides of connections, ${argv.size} process files\n`);
  });
});
