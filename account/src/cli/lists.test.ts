import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Grk, parseGrk } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { overTls } from '../testing/ask-over-tls.ts';
import { createTestDevice } from '../testing/device-client.ts';
import { runAccount } from './program.ts';

async function run(
  argv: readonly string[],
  untilSignal = async (): Promise<void> => {},
  onOut = (_: string) => {},
  input = '',
) {
  const said = { out: '', err: '' };
  const status = await runAccount(argv, {
    stdin: (async function* () {
      yield input;
    })(),
    stdout: (text) => {
      said.out += text;
      onOut(text);
    },
    stderr: (text) => {
      said.err += text;
    },
    untilSignal,
  });
  return { status, ...said };
}

suite('account command: lists', { timeoutMs: 120_000 }, (test) => {
  let folder = '';
  let state = '';
  let end = (): void => {};
  let served: Promise<{ status: number }> = Promise.resolve({ status: 0 });
  const ask = (...argv: string[]) => run([...argv, '--state', state]);

  test.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ewon-lists-'));
    state = join(folder, 'state');
    const stop = Promise.withResolvers<void>();
    const started = Promise.withResolvers<string>();
    end = stop.resolve;
    const argv = ['serve', '--state', state, '--json', '--log-level', 'error'];
    served = run(argv, () => stop.promise, started.resolve);
    const address = JSON.parse(await started.promise);
    const grk: Grk = assertOk(parseGrk((await ask('grk', 'show', '--key')).out.trim()));
    const agent = new Agent({ ca: await readFile(address.ca) });
    for (const n of [1, 2, 3]) {
      const device = createTestDevice(overTls(agent), new URL(address.deviceUrl).origin, `1600-000${n}-21`);
      await device.register(await device.request(grk));
    }
    for (const n of [1, 2]) await ask('approve', `1600-000${n}-21`, '--name', `Pump ${n}`);
  });
  test.after(async () => {
    end();
    assert.equal((await served).status, 0);
    await rm(folder, { recursive: true, force: true });
  });

  test('Ewons are found, changed and moved; each of many is told as it is done', async () => {
    const found = await ask('ewons', '--search', 'pump', '--sort', 'serial', '--down', '--limit', '1');
    assert.match(found.out, /Pump 2[\s\S]*1 of 2/);
    await ask('pool', 'add', 'North');
    assert.match((await ask('ewon', 'set', 'Pump 1', '--description', 'Hall', '--pool', 'North')).out, /pool "North"/);
    for (const given of [
      ['--custom1', 'Line 4'],
      ['--custom2', 'Line 5'],
      ['--custom1', ''],
    ])
      await ask('ewon', 'set', 'Pump 1', ...given);
    const shown = (await ask('ewons', '--custom2', 'Line 5')).out;
    assert.match(shown, /Hall +Line 5 +Pump 1$/m, 'each alone');
    assert.equal((await ask('ewon', 'set', 'Pump 1')).status, 2, 'nothing to change was named');
    const moved = await ask('ewon', 'move', 'North', 'Pump 1', 'Pump 2');
    assert.deepEqual([moved.status, moved.out], [0, '1/2 moved "Pump 1"\n2/2 moved "Pump 2"\n']);
    assert.match((await ask('ewons', '--pool', 'Default')).out, /^No Ewon is like that/);
    assert.equal((await ask('ewon', 'move', 'North', 'Nobody')).status, 3);
    assert.equal((await ask('ewon', 'move', 'South', 'Pump 1')).status, 3);
    assert.equal((await ask('ewons', '--sort', 'x')).status, 2);
  });

  test('a list is exported, tried and imported; with a fault nothing is changed', async () => {
    const file = join(folder, 'ewons.csv');
    const wrote = await ask('ewons', 'export', file, '--bom');
    assert.match(wrote.out, /^wrote /, wrote.err);
    const text = await readFile(file, 'utf8');
    assert.ok(text.startsWith('\ufeffdeviceId,serial,name'));
    assert.equal((await ask('ewons', 'export', file)).status, 3, 'never over a file that is there');
    const edited = join(folder, 'edited.csv');
    await writeFile(edited, text.replace('"Pump 1"', '"Press 1"'));
    assert.match(
      (await ask('ewons', 'import', edited, '--dry-run')).out,
      /^line \d, Pump 1: name "Pump 1" → "Press 1"\nwould change 1 of 2 Ewons/,
    );
    await writeFile(edited, text.replace('"Pump 1"', '"Pump 2"'));
    const refused = await ask('ewons', 'import', edited);
    assert.deepEqual(refused.status, 3);
    assert.match(
      refused.out,
      /line \d, name: 2 Ewons would be called "Pump 2"\n1 faults in 2 lines: nothing was changed/,
    );
    assert.equal((await ask('ewons', 'import', join(folder, 'none'))).status, 3);
  });

  test('a list goes by standard output and comes by standard input', async () => {
    const wrote = await ask('ewons', 'export', '-');
    assert.match(wrote.out, /^deviceId,serial,name,[^\n]*\r\n"d_/);
    const edited = wrote.out.replace('"Pump 1"', '"Press 1"');
    const tried = await run(['ewons', 'import', '-', '--dry-run', '--state', state], undefined, undefined, edited);
    assert.match(tried.out, /^line \d, Pump 1: name "Pump 1" → "Press 1"\n/, tried.err);
    assert.match((await ask('log', 'export', '-', '--raw')).out, /^\d{4}-\d\d-\d\d; /);
  });

  test('so many rows are shown as are asked for, and all where nothing is', async () => {
    const rows = async (...argv: string[]) => (await ask('ewons', ...argv)).out.match(/^d_/gm)?.length;
    assert.deepEqual(
      [await rows(), await rows('--limit', '1'), await rows('--limit', '1', '--link', 'linked')],
      [2, 1, 1],
    );
  });

  test('what was typed wrongly is said by its name, with what it may be', async () => {
    const told = [
      await ask('pool', 'add', ''),
      await ask('log', '--from', 'yesterday'),
      await ask('log', '--to', '2026-02-30T00:00:00Z'),
    ];
    assert.deepEqual(
      told.map(({ status }) => status),
      [3, 3, 3],
    );
    assert.match(told[0]?.err ?? '', /^FIELD_UNFIT: [^(]*\(name "": 1 to 100 characters that can be seen/);
    assert.match(
      told[1]?.err ?? '',
      /^FIELD_UNFIT: [^(]*\(from "yesterday": a time in UTC such as 2026-03-01T12:00:00Z\)/,
    );
    assert.match(told[2]?.err ?? '', /^FIELD_UNFIT/);
  });

  test('candidates with their reasons, a replacement and its undoing', async () => {
    const { out } = await ask('candidates', '1600-0003-21');
    assert.match(out, /Pump 1 .*it is offline|never online/);
    await ask('replace', '1600-0003-21', 'Pump 2');
    assert.match((await ask('undo-replace', 'Pump 2')).out, /"Pump 2" has its place back; 1600-0003-21 is called/);
    assert.equal((await ask('undo-replace', 'Pump 2')).status, 3);
    assert.equal((await ask('candidates')).status, 3, 'nobody waits');
  });

  test('the log is searched, exported and kept', async () => {
    const found = await ask('log', '--ewon', 'Pump 1', '--text', 'approved', '--from', '2020-01-01T00:00:00Z');
    assert.match(found.out, /was approved as \[Pump 1\]/);
    assert.match((await ask('log', '--user', 'administrator', '--sort', 'event')).out, /Pool \[North\] was added/);
    const file = join(folder, 'log.txt');
    await ask('log', 'export', file, '--raw', '--kind', 'message');
    assert.match(await readFile(file, 'utf8'), /^\d{4}-\d\d-\d\d; \d\d:\d\d:\d\d; [^;]+; Ewon; /);
    assert.match(
      (await ask('log', 'keep', '--lines', '5000', '--days', '90')).out,
      /^5000 lines that Ewons caused, none older than 90 days\nlines about users and decisions for 400 days\n/,
    );
    assert.match((await ask('log', 'keep', '--days', 'none')).out, /^5000 lines that Ewons caused\n/);
    const longer = await ask('log', 'keep', '--audit-days', '800');
    assert.match(longer.out, /^5000 lines that Ewons caused\nlines about users and decisions for 800 days\n/);
    assert.match((await ask('log', '--raw', '--limit', '2')).out, /: days 90 → none\./);
  });

  test('a key is made, changed, and revoked by who was told what that ends', async () => {
    const made = await run(['grk', 'add', '--pool', 'North', '--uses', '5', '--state', state, '--json']);
    const { id } = JSON.parse(made.out);
    assert.match((await ask('grk', 'set', id, '--uses', 'none', '--note', 'Site')).out, /any number of uses, no end/);
    const warned = await ask('grk', 'revoke', id);
    assert.match(warned.out, /makes 0 waiting requests void, and the cards written with it worthless: 0 were exported/);
    assert.match((await ask('grk', 'revoke', id, '--yes')).out, /^revoked/);
    assert.equal((await ask('grk', 'set', id, '--uses', '1')).status, 3);
    assert.equal((await ask('grk', 'add', '--uses', '0')).status, 2);
  });

  test('Ewons are forgotten', async () => {
    assert.match((await ask('ewon', 'forget', 'Pump 1')).out, /^1\/1 removed "Pump 1"/);
    const gone = await ask('log', '--ewon', 'Pump 1');
    assert.match(gone.out, /\[Pump 1\] was removed from the account/, 'by the name it had');
  });
});
