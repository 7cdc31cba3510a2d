import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertOk, findProgram, suite } from '@ewon-agent/contracts/testing';
import { GRK, t2mTxt } from '../testing/cards.ts';
import { sdcard } from '../testing/sdcard-process.ts';
import { makeCardImage } from '../volume/make-image.ts';

suite('the sdcard command on a failing medium', { needs: ['strace'], timeoutMs: 90_000 }, (test) => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  test.before.each(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sdcard-'));
    writeFileSync(at('key'), GRK);
    writeFileSync(at('card'), assertOk(await makeCardImage([{ name: 'T2M.txt', bytes: t2mTxt() }], 1024 * 1024)));
  });
  test.after.each(() => rmSync(folder, { recursive: true }));

  /** Makes the n-th (`3`) or every (`1+`) call of a kind on the card fail. */
  const failing = (call: string, error: string, when: string) => [
    findProgram('strace') ?? 'strace',
    ...['-f', '-qq', '-o', '/dev/null', '-P', at('card'), '-e', `inject=${call}:error=${error}:when=${when}`],
  ];

  test('EIO at each read in turn: the card as it is, or exit 1', async () => {
    const statuses: (number | null)[] = [];
    for (const when of ['1', '2', '3', '1+', '2+', '3+']) {
      const ran = await sdcard(['inspect', '--json', at('card')], { under: failing('pread64', 'EIO', when) });
      const { outcome, t2m } = JSON.parse(ran.stdout);
      statuses.push(ran.status);
      if (ran.status === 0) assert.equal(t2m.note, 'Pump station 3');
      else assert.deepEqual([ran.status, outcome], [1, 'CARD_UNREADABLE'], when);
    }
    assert.ok(statuses.includes(1));
  });

  test('EIO and a full disk while writing: exit 1, and the card is never called usable', async () => {
    for (const [call, error] of [
      ['pwrite64', 'EIO'],
      ['pwrite64', 'ENOSPC'],
      ['fsync', 'EIO'],
    ] as const) {
      const args = ['export', '--key-file', at('key'), '--note', 'new', at('card')];
      const ran = await sdcard(args, { under: failing(call, error, '1+') });
      assert.equal(ran.status, 1, ran.all);
      assert.match(ran.stderr, new RegExp(`CARD_UNWRITABLE.*${error}`));
      assert.equal(ran.stdout, '');
    }
  });
});
