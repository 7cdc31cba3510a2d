import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { GRK, OTHER_GRK } from '../testing/cards.ts';
import { sdcardHere } from '../testing/sdcard-here.ts';

const ran = (...argv: readonly string[]) => sdcardHere(argv);

suite('the words of the sdcard command', (test) => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  test.before.each(() => {
    folder = mkdtempSync(join(tmpdir(), 'sdcard-'));
    writeFileSync(at('key'), GRK);
  });
  test.after.each(() => rmSync(folder, { recursive: true }));

  test('wrong use is told once, in one form, with exit status 2', async () => {
    const text = await ran('inspect');
    assert.deepEqual([text.status, text.stdout], [2, '']);
    assert.equal(text.stderr.match(/missing required argument/g)?.length, 1);
    const json = await ran('inspect', '--json');
    assert.deepEqual([json.status, json.stderr, JSON.parse(json.stdout).outcome], [2, '', 'USAGE']);
  });

  test('no command: the help on stderr, and wrong use', async () => {
    const { status, stdout, stderr } = await ran();
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /make-image/);
  });

  test('help that was asked for goes to stdout, with exit status 0', async () => {
    for (const argv of [['--help'], ['export', '--help'], ['help', 'verify']]) {
      const { status, stdout, stderr } = await ran(...argv);
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, /Usage: sdcard/);
    }
  });

  test('wrong use: exit status 2, and nothing is made', async () => {
    const wrong: readonly (readonly string[])[] = [
      ['burn', at('card')],
      ['inspect', at('key'), 'more'],
      ['export', at('card')],
      ['make-image', at('card')],
      ['make-image', at('card'), '--size', 'big'],
      ['verify', '--account', 'x', at('card')],
      ['export', '--account', 'http://127.0.0.1:1', '--key-file', at('key'), folder],
      ['export', '--key-file', at('key'), '--token-file', at('key'), folder],
      ['export', '--key-file', at('key'), '--key-id', '0123abcd', folder],
      ['export', '--token-file', at('key'), folder],
      ['export', '--account', 'http://127.0.0.1:1', folder],
      ['export', '--account', 'http://192.0.2.1:1', '--token-file', at('key'), folder],
      ['export', '--account', 'http://127.0.0.1:1', '--token-file', at('key'), '--ca', at('key'), folder],
      ['export', '--key-file', at('key'), '--ca', at('key'), folder],
      ['export', '--account', folder, '--key-id', '0123ABCD', folder],
    ];
    for (const argv of wrong) assertFault(await ran(...argv), 2, 'USAGE');
    assertFault(await ran('inspect', at('nothing')), 2, 'TARGET_MISSING');
    assertFault(await ran('export', '--key-file', at('nothing'), folder), 2, 'TARGET_MISSING');
    assertFault(await ran('make-image', at('key'), '--size', '1M'), 2, 'TARGET_REFUSED');
    assert.ok(!existsSync(at('card')));
  });

  test('a key in any argument is refused and not repeated', async () => {
    const exposed: readonly (readonly string[])[] = [
      ['export', '--key-file=-', '--note', `x${GRK}`, folder],
      ['export', '--key-file', at('key'), '--note', `key ${GRK}`, folder],
      ['export', '--key', GRK.toLowerCase(), folder],
      [GRK],
    ];
    for (const argv of exposed) {
      const { stderr } = assertFault(await ran(...argv), 2, 'USAGE');
      assert.match(stderr, /--key-file/);
    }
    assert.ok(!existsSync(at('T2M.txt')));
  });

  test('key files that hold something else: exit status 3, and nothing of them is repeated', async () => {
    for (const content of ['', GRK.slice(0, -1), `T2MKey:${GRK}`, `${GRK}\n${OTHER_GRK}`, 'x'.repeat(5000)]) {
      writeFileSync(at('bad'), content);
      assertFault(await ran('export', '--key-file', at('bad'), folder), 3, 'T2M_KEY_FORM');
    }
    assert.ok(!existsSync(at('T2M.txt')));
  });
});

function assertFault(said: Awaited<ReturnType<typeof ran>>, status: number, code: string) {
  assert.equal(said.status, status, said.stderr);
  assert.equal(said.stdout, '');
  assert.ok(said.stderr.includes(`${code}: `), said.stderr);
  assert.ok(!said.stderr.toUpperCase().includes(GRK.slice(4, 10)));
  return said;
}
