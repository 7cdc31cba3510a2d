import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { readIn } from '../testing/aspu-fixture.ts';
import { createTufClient } from '../testing/tuf-client.ts';
import { runAccount } from './program.ts';

/** All that was said by all commands of this file. */
let heard = '';

async function run(argv: readonly string[]) {
  const said = { out: '', err: '' };
  const status = await runAccount(['aspu', ...argv], {
    stdin: (async function* () {})(),
    stdout: (text) => {
      said.out += text;
    },
    stderr: (text) => {
      said.err += text;
    },
    untilSignal: async () => {},
  });
  heard += said.out + said.err;
  return { status, ...said };
}

suite('account aspu', { timeoutMs: 120_000 }, (test) => {
  let folder = '';
  const at = (...names: string[]) => join(folder, ...names);
  const ask = (...argv: string[]) => run([...argv, '--state', at('state')]);
  const json = async (...argv: string[]) => {
    const { status, out } = await ask(...argv, '--json');
    return { status, value: JSON.parse(out) };
  };
  const keys = (stick: string, role: string) =>
    readdirSync(at(stick))
      .filter((name) => name.startsWith(role))
      .map((name) => at(stick, name));
  const refused = async (code: string, ...argv: string[]) => {
    const { status, err } = await ask(...argv);
    assert.deepEqual([status, err.split(':')[0]], [code === 'USAGE' ? 2 : 3, code], `${argv}: ${err}`);
    return err;
  };
  const firmware = (name: string, content: string) => {
    writeFileSync(at(name), content);
    return at(name);
  };

  test.before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ewon-aspu-cli-'));
  });
  test.after(() => rmSync(folder, { recursive: true, force: true }));

  test('before there is a repository every command says how to make one', async () => {
    for (const argv of [
      ['list'],
      ['publish'],
      ['revoke', 'x'],
      ['renew', 'root'],
      ['rotate', 'snapshot'],
      ['export', folder],
    ])
      assert.match(await refused('ASPU_NONE', ...argv), /account aspu init/);
  });

  test('init: keys for people go to the stick alone, for their owner only; a second time is refused', async () => {
    await refused('USAGE', 'init', '--keys', at('state', 'keys'));
    await refused('USAGE', 'init', '--keys', at('stick'), '--root-threshold', '4');
    assert.equal((await ask('init', '--keys', at('stick'))).status, 0);
    assert.deepEqual([keys('stick', 'root').length, keys('stick', 'targets').length], [3, 1]);
    for (const file of keys('stick', '')) assert.equal(statSync(file).mode & 0o777, 0o600);
    await refused('ASPU_EXISTS', 'init', '--keys', at('other'));
    assert.match((await ask('list')).out, /^Nothing is published yet.*\n\nNo patch is there yet.*\n\ndrafted: root 1/);
    await refused('CONFLICT', 'rotate', 'root', '--keys', at('other'));
    assert.match((await ask('publish')).out, /^published root 1, .*\nEwons are told of it when the server starts\.\n$/);
    await refused('ASPU_EXISTS', 'init', '--keys', at('other'));
  });

  test('a patch: drafted, signed, published, read by a device, revoked', async () => {
    const file = firmware('er15_0s4p21_ma.edfs', 'firmware');
    const words = ['--kind', 'ewon-firmware', '--severity', 'critical', '--cve', 'CVE-2024-33895,CVE-2024-33896'];
    await refused('ASPU_PATCH_BAD', 'add', file, ...words);
    await refused('ASPU_PATCH_BAD', 'add', file, ...words, '--from', 'fourteen');
    await refused('ASPU_PATCH_BAD', 'add', firmware(`er15_0s4p21_${'a'.repeat(53)}`, 'x'), ...words, '--from', '15.x');
    await refused('ASPU_PATCH_BAD', 'add', at('nothing_15.0.0'), ...words, '--version', '15.0s1');
    const added = await json('add', file, ...words, '--requires', '15.0s2');
    assert.deepEqual(added.value.custom.cves, ['CVE-2024-33895', 'CVE-2024-33896']);
    await refused('ASPU_PATCH_KNOWN', 'add', file, ...words, '--requires', '15.0s2');
    assert.match(await refused('ASPU_UNSIGNED', 'publish'), /targets \d+ has 0 of 1 signatures/);
    await refused('ASPU_KEY_FOREIGN', 'sign', '--key', ...keys('stick', 'root').slice(0, 1));
    await refused('ASPU_KEY_BAD', 'sign', '--key', file);
    assert.match(
      (await ask('sign', '--key', ...keys('stick', 'targets'))).out,
      /^signed targets \d+ with key \w{8}\nNext/,
    );
    assert.equal((await ask('publish')).status, 0);
    const list = await ask('list', '--keys');
    assert.match(list.out, /er15_0s4p21_ma\.edfs +ewon-firmware +15\.0s4 +21 +any older +15\.0s2 +critical +CVE-/);
    assert.match(list.out, /\w{8} +timestamp +1 +present/);
    const read = readIn(at('state', 'aspu'));
    const device = createTufClient(read('1.root.json') ?? new Uint8Array());
    const bytes = await device.download(read, Date.now(), 'er15_0s4p21_ma.edfs');
    assert.equal(Buffer.from(bytes).toString(), 'firmware');
    await refused('ASPU_PATCH_UNKNOWN', 'revoke', 'other');
    assert.equal((await ask('revoke', 'er15_0s4p21_ma.edfs')).status, 0);
    assert.match((await ask('list')).out, /published, to be revoked/);
    await ask('sign', '--key', ...keys('stick', 'targets'));
    await ask('publish');
    assert.deepEqual(await device.refresh(read, Date.now()), []);
    device.close();
  });

  test('a card for Ewons without a network', async () => {
    await refused('TARGET_REFUSED', 'export', at('no-card'));
    for (const valid of ['soon', '400d']) await refused('USAGE', 'export', folder, '--valid', valid);
    mkdirSync(at('card'));
    const { value } = await json('export', at('card'), '--valid', '10d');
    const days = (Date.parse(value.expiresAt) - Date.now()) / 86_400_000;
    assert.ok(days > 9.9 && days <= 10, value.expiresAt);
    const read = readIn(at('card', 'aspu'));
    const device = createTufClient(read('1.root.json') ?? new Uint8Array());
    await device.refresh(read, Date.now());
    await device.refresh(readIn(at('state', 'aspu')), Date.now());
    device.close();
  });

  test('new keys for root: the old and the new ones sign, also where the keys of the server are not', async () => {
    await refused('USAGE', 'rotate', 'root');
    await refused('USAGE', 'rotate', 'everything');
    await refused('USAGE', 'rotate', 'snapshot', '--keys', at('next'));
    await refused('USAGE', 'rotate', 'root', '--keys', at('next'), '--count', '2');
    assert.equal((await ask('rotate', 'root', '--keys', at('next'), '--count', '2', '--threshold', '1')).status, 0);
    assert.match((await ask('list', '--keys')).out, /root +2 +past(?:.|\n)*root +1 +next/);
    const master = readFileSync(at('state', 'master.key'));
    rmSync(at('state', 'master.key'));
    const signed = await json('sign', '--key', ...keys('stick', 'root').slice(0, 2), keys('next', 'root')[0] ?? '');
    assert.deepEqual(signed.value.lacks, []);
    writeFileSync(at('state', 'master.key'), master);
    assert.match((await ask('publish')).out, /^published root 2/);
    assert.equal((await ask('rotate', 'timestamp')).status, 0);
    await refused('ASPU_KEY_FOREIGN', 'sign', '--key', ...keys('stick', 'root').slice(0, 1));
    await ask('sign', '--key', keys('next', 'root')[1] ?? '');
    assert.match((await ask('publish')).out, /^published root 3/);
  });

  test('no private key is in anything that was said, or in the state', () => {
    const files = readdirSync(at('state'), { recursive: true, encoding: 'utf8' }).map((name) => at('state', name));
    const kept = files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, 'latin1'));
    for (const file of [...keys('stick', ''), ...keys('next', '')]) {
      const { keyval } = JSON.parse(readFileSync(file, 'utf8'));
      const seed = Buffer.from(keyval.private, 'hex');
      for (const form of [keyval.private, seed.toString('base64url'), seed.toString('base64'), seed.toString('latin1')])
        for (const text of [heard, ...kept]) assert.ok(!text.includes(form));
    }
  });
});
