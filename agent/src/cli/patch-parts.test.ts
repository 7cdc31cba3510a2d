import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Code,
  err,
  type FirmwarePort,
  ok,
  type PatchRepositoryPort,
  type RepositoryRead,
  type Result,
} from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { patchOf, readOf } from '../testing/patch-facts.ts';
import { eitherRepository, whatIsBusy } from './patch-parts.ts';

suite('the machine is at work', (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'busy-'));
  test.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'busy');
  const [on, off] = [join(dir, 'on'), join(dir, 'off')];
  writeFileSync(on, '1\n');
  writeFileSync(off, '0\n');
  const ewon = (tags: FirmwarePort['tags']): FirmwarePort => ({
    identity: async () => err('FIRMWARE_UNREACHABLE'),
    ...(tags && { tags }),
  });
  const runs = (value: number | boolean | string) => ewon(async () => ok([{ tag: 'Run', value, quality: 'good' }]));

  test('while a file is there', async () => {
    assert.equal(await whatIsBusy({ file }, ewon(undefined)), undefined);
    writeFileSync(file, '');
    assert.equal(await whatIsBusy({ file }, ewon(undefined)), `there is a file ${file}`);
  });
  for (const [title, input, busy] of [
    ['1', on, `${on} is 1`],
    ['0', off, undefined],
    ['nothing that can be read', join(dir, 'none'), `${join(dir, 'none')} cannot be read`],
  ] as const) {
    test(`by an input that says ${title}: ${busy === undefined ? 'no' : 'yes'}`, async () => {
      assert.equal(await whatIsBusy({ input }, ewon(undefined)), busy);
    });
  }
  for (const [title, firmware, busy] of [
    ['0', runs(0), undefined],
    ['1', runs(1), 'tag Run is 1'],
    ['a text', runs('on'), 'tag Run is on'],
    ['nothing, because it is not there', ewon(async () => ok([])), 'tag Run cannot be read'],
    ['nothing, because the Ewon is silent', ewon(async () => err('FIRMWARE_UNREACHABLE')), 'tag Run cannot be read'],
  ] as const) {
    test(`by a tag that says ${title}: ${busy === undefined ? 'no' : 'yes'}`, async () => {
      assert.equal(await whatIsBusy({ tag: 'Run' }, firmware), busy);
    });
  }
});

suite('account or card', (test) => {
  const { signal } = new AbortController();
  const patch = patchOf('x');
  const repository = (name: string, read: Result<RepositoryRead>): PatchRepositoryPort => ({
    refresh: async () => read,
    download: async () => ok({ file: name }),
    keepOnly: async () => {},
  });
  const good = readOf([patch]);
  for (const [account, card, answer, from] of [
    [good, good, 'ok', 'account'],
    [err('TUF_ROLLBACK'), good, 'TUF_ROLLBACK', 'account'],
    [err('TUF_UNREACHABLE'), good, 'ok', 'card'],
    [err('TUF_UNREACHABLE'), err('TUF_UNREACHABLE'), 'TUF_UNREACHABLE', 'account'],
    [err('TUF_UNREACHABLE'), err('TUF_ROLLBACK'), 'TUF_UNREACHABLE', 'account'],
    [err('TUF_UNREACHABLE'), err('TUF_UNSIGNED'), 'TUF_UNSIGNED', 'card'],
  ] as const) {
    const word = (read: Result<RepositoryRead>): Code | 'ok' => (read.ok ? 'ok' : read.fault.code);
    test(`account ${word(account)}, card ${word(card)}: ${answer}, patches from the ${from}`, async () => {
      const either = eitherRepository(repository('account', account), repository('card', card));
      assert.equal(word(await either.refresh(signal)), answer);
      const brought = await either.download(patch, { signal, received: () => {} });
      assert.ok(brought.ok);
      assert.equal(brought.value.file, from);
    });
  }
});
