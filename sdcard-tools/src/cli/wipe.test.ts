import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CODES, grkIdOf } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { accountKey, bytesOf, GRK, OTHER_GRK, t2mJson, t2mTxt } from '../testing/cards.ts';
import { exfatCard } from '../testing/exfat-cards.ts';
import { sdcardHere } from '../testing/sdcard-here.ts';
import { makeCardImage } from '../volume/make-image.ts';

const MIB = 1024 * 1024;
const TXT = { name: 'T2M.txt', bytes: t2mTxt() };
const JSON_FILE = { name: 'T2M.json', bytes: t2mJson(TXT.bytes, accountKey()) };

suite('sdcard wipe', (test) => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  const image = async (files: Parameters<typeof makeCardImage>[0]) =>
    writeFileSync(at('card'), assertOk(await makeCardImage(files, MIB)));
  const holds = (text: string) => readFileSync(at('card')).includes(text);
  test.before.each(() => {
    folder = mkdtempSync(join(tmpdir(), 'sdcard-'));
  });
  test.after.each(() => rmSync(folder, { recursive: true }));

  test('an image: key and signature are gone, its id is told, and the key is not', async () => {
    await image([TXT, JSON_FILE, { name: 'RESULT.TXT', bytes: bytesOf('a receipt') }]);
    const { status, stdout, stderr } = await sdcardHere(['wipe', '--json', at('card')]);
    assert.equal(status, 0, stdout);
    assert.deepEqual(JSON.parse(stdout), {
      ...{ outcome: 'CARD_WIPED', removed: ['T2M.txt', 'T2M.json'], grkId: grkIdOf(GRK), depth: 'files' },
    });
    assert.ok(!holds(GRK.slice(4, 10)) && !holds('"payload"'));
    assert.ok(holds('a receipt'));
    assert.ok(!(stdout + stderr).includes(GRK.slice(4, 10)));
    const again = await sdcardHere(['wipe', at('card')]);
    assert.equal(again.status, 0);
    assert.match(again.stdout, /^CARD_WIPED: .*neither T2M\.txt nor T2M\.json; free space was not looked at/);
  });

  test('--full: what an older card left in free space goes as well, and progress is told', async () => {
    await image([TXT]);
    const bytes = readFileSync(at('card'));
    bytes.write(OTHER_GRK, MIB - 5000);
    writeFileSync(at('card'), bytes);
    assert.equal((await sdcardHere(['wipe', at('card')])).status, 0);
    assert.ok(holds(OTHER_GRK), 'not without --full');
    const { status, stdout, stderr } = await sdcardHere(['wipe', '--full', at('card')]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /free space is blank/);
    assert.match(stderr, /overwriting free space: 100 %\n(.|\n)*looking for keys: 100 %\n/);
    assert.ok(!holds(OTHER_GRK.slice(4, 10)));
    assert.match(
      (await sdcardHere(['wipe', '--full', at('card')], 'yes')).stderr,
      /\rlooking for keys \[#+\] 100 %\n$/,
    );
  });

  test('--full: a copy under another name is found, not touched, and told with its place: CARD_KEY_LEFT', async () => {
    await image([TXT, { name: 'T2M.bak', bytes: t2mTxt(OTHER_GRK) }]);
    const { status, stdout } = await sdcardHere(['wipe', '--full', '--json', at('card')]);
    const { outcome, detail, next } = JSON.parse(stdout);
    assert.deepEqual([status, outcome, next], [3, 'CARD_KEY_LEFT', CODES.CARD_KEY_LEFT.next]);
    assert.equal(detail, `at byte ${readFileSync(at('card')).indexOf(OTHER_GRK)} of the medium`);
    assert.ok(!holds(GRK.slice(4, 10)));
  });

  test('a T2M.txt that is malformed or too large is wiped like any other', async () => {
    for (const bytes of [bytesOf(`T2MKey: ${GRK}`), bytesOf(`${GRK}\r\n`.repeat(500))]) {
      await image([{ name: 'T2M.txt', bytes }]);
      assert.equal((await sdcardHere(['wipe', at('card')])).status, 0);
      assert.ok(!holds(GRK.slice(4, 10)));
    }
  });

  test('a directory: the files are gone; --full cannot be had there', async () => {
    mkdirSync(at('mounted'));
    writeFileSync(at('mounted/T2M.txt'), TXT.bytes);
    const full = await sdcardHere(['wipe', '--full', at('mounted')]);
    assert.equal(full.status, 2);
    assert.match(full.stderr, /USAGE: .*--full needs a drive or an image/);
    assert.deepEqual(readdirSync(at('mounted')), ['T2M.txt']);
    assert.equal((await sdcardHere(['wipe', at('mounted')])).status, 0);
    assert.deepEqual(readdirSync(at('mounted')), []);
  });

  test('no FAT, exFAT, and nothing there: refused with their codes', async () => {
    writeFileSync(at('blank'), new Uint8Array(MIB));
    writeFileSync(at('exfat'), exfatCard([]).image);
    for (const [name, code, expected] of [
      ['blank', 'CARD_NOT_FAT', 3],
      ['exfat', 'CARD_EXFAT', 3],
      ['nothing', 'TARGET_MISSING', 2],
    ] as const) {
      const { status, stderr } = await sdcardHere(['wipe', at(name)]);
      assert.equal(status, expected);
      assert.ok(stderr.includes(`${code}: `), stderr);
    }
  });
});
