// test-timeout: 300 s
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeFault, grkIdOf } from '@ewon-agent/contracts';
import { assert, assertOk, findProgram, suite } from '@ewon-agent/contracts/testing';
import { accountKey, GRK, OTHER_GRK, t2mJson, t2mTxt } from '../testing/cards.ts';
import { type Ran, sdcard } from '../testing/sdcard-process.ts';
import { makeCardImage } from '../volume/make-image.ts';

const NOTE = 'Pump station 3';
const grkId = grkIdOf(GRK);

/** No four characters of a key in a row, in any case. */
function assertSecret(text: string): void {
  for (const key of [GRK, OTHER_GRK]) {
    for (let i = 4; i + 6 <= key.length; i++) assert.ok(!text.toUpperCase().includes(key.slice(i, i + 6)), text);
  }
}

function assertRan(ran: Ran, status: number, outcome: string): void {
  assert.equal(ran.status, status, ran.all);
  assert.ok(ran.all.includes(outcome), `expected ${outcome} in ${ran.all}`);
  assertSecret(ran.all);
}

suite('the sdcard command as a process', { timeoutMs: 90_000 }, (test) => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  const image = async (name: string, files: Parameters<typeof makeCardImage>[0]) => {
    writeFileSync(at(name), assertOk(await makeCardImage(files, 1024 * 1024)));
    return at(name);
  };
  test.before.each(() => {
    folder = mkdtempSync(join(tmpdir(), 'sdcard-'));
    writeFileSync(at('key'), `${GRK}\n`);
    writeFileSync(at('other'), OTHER_GRK);
  });
  test.after.each(() => rmSync(folder, { recursive: true }));

  test('make-image, export, inspect, verify: the way of a card', async () => {
    assertRan(await sdcard(['make-image', at('card'), '--size', '64M']), 0, 'IMAGE_MADE');
    assertRan(await sdcard(['verify', at('card')]), 3, 'CARD_NO_T2M');
    const exported = await sdcard(['export', '--key-file', at('key'), '--note', NOTE, at('card')]);
    assertRan(exported, 0, 'CARD_USABLE');
    assert.match(exported.stderr, /reading(.|\n)*writing T2M\.txt/);
    const inspected = await sdcard(['inspect', at('card'), '--json']);
    assertRan(inspected, 0, 'CARD_USABLE');
    assert.deepEqual(JSON.parse(inspected.stdout), {
      outcome: 'CARD_USABLE',
      t2m: { grkId, note: NOTE },
      signed: null,
      files: ['T2M.txt'],
    });
    const verified = await sdcard(['verify', at('card')]);
    assert.equal(verified.stdout, `CARD_USABLE: GRK id ${grkId}, not signed\n`);
    assertRan(verified, 0, 'CARD_USABLE');
  });

  test('the key from standard input, into a directory', async () => {
    const exported = await sdcard(['export', '--key-file', '-', folder, '--json'], { stdin: `${GRK}\r\n` });
    assertRan(exported, 0, 'CARD_USABLE');
    assert.deepEqual(JSON.parse(exported.stdout).t2m, { grkId, note: '' });
    assert.equal(readFileSync(at('T2M.txt'), 'latin1'), `T2MKey:${GRK}\r\n`);
  });

  test('another key on the card: exit 3 and nothing changed; with --force it is replaced', async () => {
    const card = await image('card', [{ name: 'T2M.txt', bytes: t2mTxt(OTHER_GRK) }]);
    const before = readFileSync(card);
    assertRan(await sdcard(['export', '--key-file', at('key'), card]), 3, 'CARD_TAKEN');
    assert.ok(before.equals(readFileSync(card)));
    assertRan(await sdcard(['export', '--key-file', at('key'), '--force', card]), 0, 'CARD_USABLE');
    assert.ok(!readFileSync(card).includes(OTHER_GRK));
  });

  test('a signed card: inspect names the account, and export with --force removes what no longer fits', async () => {
    const txt = t2mTxt();
    const files = [
      { name: 'T2M.txt', bytes: txt },
      { name: 'T2M.json', bytes: t2mJson(txt, accountKey(), { wipe: true }) },
    ];
    const card = await image('card', files);
    const signed = JSON.parse((await sdcard(['inspect', '--json', card])).stdout).signed;
    assert.equal(signed.accountUrl, 'https://127.0.0.1:8443/device/v1/directory');
    assert.match(signed.accountKeyFingerprint, /^([0-9a-f]{4}-){3}[0-9a-f]{4}$/);
    assert.deepEqual([signed.receipt, signed.wipe], [false, true]);
    assertRan(await sdcard(['inspect', card]), 0, signed.accountKeyFingerprint);
    assertRan(await sdcard(['export', '--key-file', at('other'), card]), 3, 'CARD_TAKEN');
    assertRan(await sdcard(['export', '--key-file', at('other'), '--force', card]), 0, 'removing T2M.json');
    assertRan(await sdcard(['verify', card]), 0, 'not signed');
  });

  test('a key as an argument is refused, and not repeated', async () => {
    assertRan(await sdcard(['export', '--key-file', GRK, at('card')]), 2, 'USAGE');
  });

  test('wrong use: exit 2', async () => {
    assertRan(await sdcard([]), 2, 'USAGE');
    assertRan(await sdcard(['inspect', at('nothing')]), 2, 'TARGET_MISSING');
    const json = await sdcard(['burn', '--json']);
    assert.deepEqual([json.status, JSON.parse(json.stdout).outcome], [2, 'USAGE']);
  });

  test('--help answers on stdout: exit 0', async () => {
    const help = await sdcard(['export', '--help']);
    assert.equal(help.status, 0);
    assert.match(help.stdout, /--key-file <file>/);
  });

  test('a FIFO and a device as target: refused at once', async () => {
    execFileSync('mkfifo', [at('fifo')]);
    for (const path of [at('fifo'), '/dev/zero']) {
      assertRan(await sdcard(['inspect', path]), 2, 'TARGET_REFUSED');
      assertRan(await sdcard(['export', '--key-file', at('key'), path]), 2, 'TARGET_REFUSED');
    }
  });

  test('a note with escapes cannot play with the terminal', async () => {
    const exported = await sdcard(['export', '--key-file', at('key'), '--note', '\x1b[2Jx\u202e', folder]);
    assertRan(exported, 3, 'T2M_ENCODING');
    writeFileSync(at('T2M.txt'), `T2MKey:${GRK}\r\nT2MNote:\x1b[2J\u202e\r\n`);
    for (const form of [[], ['--json']]) {
      const ran = await sdcard(['inspect', folder, ...form]);
      assertRan(ran, 3, 'T2M_ENCODING');
      assert.match(ran.all, /^[\n -~]*$/);
    }
  });

  test('an old Node is told so', async () => {
    const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.20.2'}})`;
    const ran = await sdcard(['inspect', folder], { nodeArgs: ['--import', old] });
    assert.equal(ran.status, 2);
    assert.equal(ran.stderr, `${describeFault({ code: 'NODE_TOO_OLD', detail: '20.20.2' })}\n`);
  });
});

suite('the sdcard command on a terminal', { needs: ['script'], timeoutMs: 60_000 }, (test) => {
  test('shows bars that grow in their line, and the answer after them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sdcard-'));
    try {
      writeFileSync(
        join(folder, 'card'),
        assertOk(await makeCardImage([{ name: 'T2M.txt', bytes: t2mTxt() }], 1024 * 1024)),
      );
      const bin = fileURLToPath(new URL('../../bin/sdcard.js', import.meta.url));
      const words = `${process.execPath} ${bin} wipe --full ${join(folder, 'card')}`;
      const seen = execFileSync(findProgram('script') ?? 'script', ['-qec', words, '/dev/null'], { encoding: 'utf8' });
      assert.match(seen, /\roverwriting free space \[#+\] 100 %\r\n\rlooking for keys \[#{30}\] 100 %\r\nCARD_WIPED: /);
      assertSecret(seen);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
