import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CODES, grkIdOf } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { judgeCard } from '../core/card.ts';
import {
  type AccountSim,
  type Answer,
  answering,
  GRK_ID,
  KEYS,
  refusing,
  startAccountSim,
  TOKEN,
} from '../testing/account-sim.ts';
import { accountKey, GRK, OTHER_GRK, t2mJson, t2mTxt } from '../testing/cards.ts';
import { sdcardHere } from '../testing/sdcard-here.ts';
import { memoryDevice } from '../volume/block-device-memory.ts';
import { readCard } from '../volume/read-card.ts';

suite('sdcard make-image --csv', (test) => {
  let folder = '';
  let sim: AccountSim | undefined;
  const at = (name: string) => join(folder, name);
  test.before.each(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-'));
    writeFileSync(at('key'), GRK);
    writeFileSync(at('token'), TOKEN);
    mkdirSync(at('keys'));
    writeFileSync(at('keys/other'), OTHER_GRK);
  });
  test.after.each(async () => {
    await sim?.close();
    sim = undefined;
    rmSync(folder, { recursive: true });
  });

  /** Runs the command over a list; what it says holds no secret. */
  const make = async (list: string, ...more: readonly string[]) => {
    writeFileSync(at('list.csv'), list);
    const said = await sdcardHere(['make-image', '--csv', at('list.csv'), '--out', at('out'), '--size', '1M', ...more]);
    for (const secret of [GRK.slice(4, 10), OTHER_GRK.slice(4, 10), TOKEN.slice(0, 10)])
      assert.ok(!JSON.stringify(said).includes(secret));
    return said;
  };
  const cardOf = async (file: string) => {
    const device = memoryDevice(new Uint8Array(readFileSync(at(`out/${file}`))));
    return assertOk(judgeCard(assertOk(await readCard(device)), {}));
  };

  test('one image for each row, with its note and its key, for its owner only; the summary counts them', async () => {
    const { status, stdout, stderr } = await make(
      'name,note,key-file\npress-1,"Hall 3, press",\npress-2,,keys/other\n',
      ...['--key-file', at('key')],
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^FLEET_MADE: .*\(2 images in .*out\)/);
    assert.match(stderr, /^making images: 50 %\nmaking images: 100 %\n$/);
    assert.deepEqual(readdirSync(at('out')).sort(), ['press-1.img', 'press-2.img']);
    assert.equal(statSync(at('out/press-1.img')).mode & 0o777, 0o600);
    assert.equal(statSync(at('out/press-1.img')).size, 1024 * 1024);
    const [one, other] = [await cardOf('press-1.img'), await cardOf('press-2.img')];
    assert.deepEqual([one.grk, one.note, other.grk, other.note], [GRK, 'Hall 3, press', OTHER_GRK, '']);
  });

  test('rows that cannot become cards: each is told with its line, and not one image is made', async () => {
    mkdirSync(at('out'));
    writeFileSync(at('out/there.img'), 'mine');
    const list = `name,note,key-file\ngood,,key\nbad/name,,key\nlong,${'x'.repeat(141)},key\nlost,,nothing\nthere,,key\nshort,,list.csv\n`;
    const { status, stderr } = await make(list);
    assert.equal(status, 3);
    const told = stderr.trimEnd().split('\n');
    assert.deepEqual(
      told.map((line) => /^(?:line (\d): )?(\w+):/.exec(line)?.slice(1)),
      [
        ['3', 'CSV_BAD'],
        ['4', 'T2M_NOTE_TOO_LONG'],
        ['5', 'TARGET_MISSING'],
        ['6', 'TARGET_REFUSED'],
        ['7', 'T2M_KEY_FORM'],
        [undefined, 'FLEET_REFUSED'],
      ],
    );
    assert.deepEqual(readdirSync(at('out')), ['there.img']);
    const { outcome, faults, made, next } = JSON.parse((await make(list, '--json')).stdout);
    assert.deepEqual([outcome, faults.length, made, next], ['FLEET_REFUSED', 5, [], CODES.FLEET_REFUSED.next]);
    assert.deepEqual([faults[0].line, faults[0].outcome, faults[0].next], [3, 'CSV_BAD', CODES.CSV_BAD.next]);
  });

  test('--force replaces ordinary files, and nothing else', async () => {
    mkdirSync(at('out'));
    writeFileSync(at('out/a.img'), 'old');
    symlinkSync(at('key'), at('out/b.img'));
    const list = 'name\na\nb\n';
    const both = await make(list, '--key-file', at('key'), '--force', '--json');
    assert.deepEqual(
      JSON.parse(both.stdout).faults.map(({ line }: { line: number }) => line),
      [3],
    );
    assert.equal(readFileSync(at('out/a.img'), 'utf8'), 'old');
    rmSync(at('out/b.img'));
    assert.equal((await make(list, '--key-file', at('key'), '--force')).status, 0);
    assert.equal((await cardOf('a.img')).grk, GRK);
  });

  const startAccount = async (answer = answersCards()) => {
    sim = await startAccountSim({ grks: answering(KEYS), [`grks/${GRK_ID}/export`]: answer });
    return ['--account', sim.adminUrl, '--token-file', at('token')];
  };

  test('with an account each image has a signed T2M.json of its own, and asks for what its row says', async () => {
    const account = await startAccount();
    const { status, stdout } = await make('name,note,wipe\na,one,\nb,two,no\n', ...account, '--wipe', '--json');
    assert.equal(status, 0, stdout);
    const { outcome, made, faults } = JSON.parse(stdout);
    assert.deepEqual([outcome, faults], ['FLEET_MADE', []]);
    assert.deepEqual(made[0], {
      ...{
        line: 2,
        file: 'a.img',
        grkId: grkIdOf(GRK),
        note: 'one',
        signed: 'https://127.0.0.1:8443/device/v1/directory',
      },
    });
    const cards = [await cardOf('a.img'), await cardOf('b.img')];
    assert.deepEqual(
      cards.map(({ note, manifest }) => [note, manifest?.receipt, manifest?.wipe]),
      [
        ['one', false, true],
        ['two', false, false],
      ],
    );
    assert.notEqual(cards[0]?.manifest?.t2mSha256, cards[1]?.manifest?.t2mSha256);
  });

  test('the account refuses in the middle: the images before are whole, the one that failed is not there', async () => {
    const good = answersCards();
    const account = await startAccount((request, response) =>
      (request.url?.includes('two') ? refusing(409, 'CONFLICT') : good)(request, response),
    );
    const { status, stderr } = await make('name,note\na,one\nb,two\nc,three\n', ...account);
    assert.equal(status, 3);
    assert.match(stderr, /line 3: GRK_REVOKED: .*\nFLEET_INCOMPLETE: .*1 image in/);
    assert.deepEqual(readdirSync(at('out')), ['a.img']);
    assert.equal((await cardOf('a.img')).note, 'one');
  });

  test('wrong use: exit status 2, and nothing is made', async () => {
    const csv = ['make-image', '--size', '1M', '--csv', at('list.csv')];
    writeFileSync(at('list.csv'), 'name\na\n');
    for (const words of [
      csv,
      [...csv, '--out', at('out'), at('card.img')],
      [...csv, '--out', at('out'), '--wipe'],
      [...csv, '--out', at('out'), '--key-file', at('key'), '--wipe'],
      ['make-image', '--size', '1M'],
      ['make-image', '--size', '1M', '--out', at('out'), at('card.img')],
      ['make-image', '--size', '1M', '--key-file', at('key'), at('card.img')],
    ]) {
      const { status, stderr } = await sdcardHere(words);
      assert.equal(status, 2, words.join(' '));
      assert.match(stderr, /^USAGE: /);
    }
    assert.ok(!existsSync(at('out')) && !existsSync(at('card.img')));
  });

  test('a card too small for its files leaves nothing behind', async () => {
    const { status, stderr } = await make('name\na\n', '--key-file', at('key'), '--size', '32K');
    assert.notEqual(status, 0);
    assert.match(stderr, /line 2: TARGET_REFUSED/);
    assert.deepEqual(readdirSync(at('out')), []);
  });
});

/** Answers as an account does: the note that was asked for, and the wishes, signed. */
function answersCards(): Answer {
  const key = accountKey();
  return (request, response) => {
    const asked = new URL(request.url ?? '', 'http://x').searchParams;
    const txt = t2mTxt(GRK, asked.get('note') ?? '');
    const json = t2mJson(txt, key, { receipt: asked.has('receipt'), wipe: asked.has('wipe') });
    const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ t2mTxt: base64(txt), t2mJson: base64(json) }));
  };
}
