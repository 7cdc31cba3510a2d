// test-timeout: 600 s
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEwon } from '@ewon-agent/board-sim/ewon/start-ewon';
import { MINUTE_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { bridgeWith, recordsOf, type Said } from '@ewon-agent/firmware-bridge/testing/bridge-here';
import { ewonUnderTest, type StartedEwon } from '../src/ewon-under-test.ts';

// The ewon-bridge command on the simulated Ewon, or unchanged on a real one: TEST_EWON=host, see src/ewon-under-test.ts. What is changed is changed back.

/** A setting that does no harm while it is one minute longer. */
const KEY = 'WANFbckMinInterval';

suite('ewon-bridge on an Ewon', { timeoutMs: 10 * MINUTE_MS }, (test) => {
  const { kind, tag, mayHarm, mayUpgrade, start } = ewonUnderTest(process.env);
  let ewon: StartedEwon;
  const said: Said[] = [];
  test.before(async () => {
    ewon = await start();
  });
  test.after(async () => {
    await ewon.close();
  });

  const run = async (...words: readonly string[]) => {
    const answer = await bridgeWith(ewon.env, [...words, ...ewon.options]);
    said.push(answer);
    return answer;
  };
  const well = async (...words: readonly string[]) => {
    const answer = await run(...words, '--json');
    assert.deepEqual([answer.status, answer.stderr], [0, ''], answer.stdout);
    return recordsOf(answer).map((record) => record as Readonly<Record<string, unknown>>);
  };
  const refused = async (code: string, ...words: readonly string[]) => {
    const answer = await run(...words, '--json');
    assert.equal((recordsOf(answer).at(-1) as { outcome?: string }).outcome, code, answer.stdout);
    return answer;
  };
  const settingOf = async (key: string) => (await well('get', ewon.host, key))[0]?.['value'];

  test('it says who it is, and every key of its status', async () => {
    const [info] = await well('info', ewon.host);
    assert.match(String(info?.['serial']), /^\d{4}-\d{4}-\d{2}$/);
    assert.match(String(info?.['firmware']), /^\d+\.\d+s\d+/);
    const all = await well('info', ewon.host, '--all');
    assert.ok(all.some(({ value }) => value === info?.['serial']));
  });

  test('tags have values; a tag that is not there cannot be set', async () => {
    const tags = await well('tags', 'list', ewon.host);
    for (const { tag, quality } of tags) assert.deepEqual([typeof tag, typeof quality], ['string', 'string']);
    await refused('EWON_KEY_UNKNOWN', 'tags', 'set', ewon.host, 'no such tag here', '1');
  });

  const setting = 'a tag is set, and stands at that afterwards';
  if (tag === undefined) test.skip(setting, 'TEST_EWON_TAG names no tag');
  else
    test(setting, async () => {
      const read = async () =>
        (await well('tags', 'list', ewon.host)).find((record) => record['tag'] === tag)?.['value'];
      const before = Number(await read());
      const asked = kind === 'simulated' ? -before - 0.25 : before;
      await well('tags', 'set', ewon.host, tag, String(asked));
      assert.equal(await read(), asked);
    });

  test('settings of both files are read by name; one that is not there is EWON_KEY_UNKNOWN', async () => {
    const records = await well('get', ewon.host, KEY, 'System.Identification');
    assert.deepEqual(
      records.map(({ key }) => key),
      [KEY, 'Identification'],
    );
    await refused('EWON_KEY_UNKNOWN', 'get', ewon.host, 'NoSuchKey');
    assert.ok((await well('get', ewon.host)).length > 5);
  });

  test('a dry run says what would change and changes nothing', async () => {
    const before = await settingOf(KEY);
    const [told] = await well('set', ewon.host, `${KEY}=${Number(before) + 1}`, '--dry-run');
    assert.match(JSON.stringify(told), /"outcome":"would change"/);
    assert.equal(await settingOf(KEY), before);
  });

  test('a setting is changed, nothing else is, and it is changed back', async () => {
    const before = await settingOf(KEY);
    const all = async () => (await well('get', ewon.host)).filter(({ key }) => key !== KEY);
    const others = await all();
    const [told] = await well('set', ewon.host, `${KEY}=${Number(before) + 1}`);
    assert.match(JSON.stringify(told), /"outcome":"changed"/);
    assert.equal(await settingOf(KEY), String(Number(before) + 1));
    assert.deepEqual(await all(), others);
    await well('set', ewon.host, `${KEY}=${before}`);
    assert.equal(await settingOf(KEY), before);
    const again = await run('set', ewon.host, `${KEY}=${before}`);
    assert.deepEqual([again.status, again.stdout], [0, 'nothing to change: every value stands there already\n']);
  });

  test('an impossible value, an unknown key and a key of cards are refused before anything is written', async () => {
    const before = await settingOf(KEY);
    await refused('SETTING_BAD', 'set', ewon.host, `${KEY}=${Number(before) + 1}`, 'WANCnx=9');
    await refused('EWON_KEY_UNKNOWN', 'set', ewon.host, `${KEY}=${Number(before) + 1}`, 'WANCmx=1');
    await refused('SETTING_BAD', 'set', ewon.host, 'T2MNote=x');
    assert.equal(await settingOf(KEY), before);
  });

  test('a wrong password is told, by HTTP and by FTP, and is not shown', async () => {
    const password = join(ewon.dir, 'wrong');
    writeFileSync(password, 'not the one\n');
    for (const command of ['info', 'get', 'events', 'reboot'])
      assert.equal((await refused('EWON_PASSWORD_WRONG', command, ewon.host, '--password-file', password)).status, 3);
  });

  test('events are read, those of the last minutes as well', async () => {
    const all = await well('events', ewon.host);
    const last = await well('events', ewon.host, '--since', '10m');
    assert.ok(last.length <= all.length);
  });

  test('a setting of config.txt is changed, and changed back', async () => {
    const name = 'System.Identification';
    const before = await settingOf(name);
    await well('set', ewon.host, `${name}=press-4; "Süd"`);
    assert.equal(await settingOf(name), 'press-4; "Süd"');
    await well('set', ewon.host, `${name}=${before}`);
    assert.equal(await settingOf(name), before);
  });

  const harmful = (sentence: string, body: () => Promise<void>) =>
    mayHarm === 'yes' ? test(sentence, body) : test.skip(sentence, 'TEST_EWON_HARM is not yes');

  const upgrading = (sentence: string, body: () => Promise<void>) =>
    mayUpgrade === 'yes' ? test(sentence, body) : test.skip(sentence, 'TEST_EWON_FIRMWARE names no file');

  harmful('an Ewon that restarts is waited for', async () => {
    const [told] = await well('reboot', ewon.host);
    assert.equal(told?.['restart'], 'done');
    assert.ok((await well('events', ewon.host)).some(({ text }) => String(text).startsWith('System Booting')));
  });

  harmful('a password is taken, kept encrypted and never shown', async () => {
    const file = join(ewon.dir, 'psk');
    writeFileSync(file, 'hush-hush\n');
    const [told] = await well('set', ewon.host, '--value-file', `WifiPSK=${file}`);
    assert.match(JSON.stringify(told), /"outcome":"(encrypted|changed)"/);
    assert.match(JSON.stringify(await well('get', ewon.host, 'WifiPSK')), /"hidden":/);
  });

  harmful('a backup brings back what was set when it was made', async () => {
    const file = join(ewon.dir, 'backup.tar');
    const before = await settingOf(KEY);
    await well('backup', ewon.host, file);
    await well('set', ewon.host, `${KEY}=${Number(before) + 1}`);
    await refused('USAGE', 'upload', ewon.host, file);
    await well('upload', ewon.host, file, '--erase');
    assert.equal(await settingOf(KEY), before);
  });

  harmful('comcfg.txt that is sent whole is taken, but for the lines that are named', async () => {
    const file = join(ewon.dir, 'comcfg.txt');
    const before = await settingOf(KEY);
    writeFileSync(file, `${KEY}:${Number(before) + 2}\r\nT2MNote:by FTP\r\n`);
    const said = await refused('EWON_NOT_TAKEN', 'upload', ewon.host, file);
    assert.match(said.stdout, /"detail":"T2MNote"/);
    assert.equal(await settingOf(KEY), String(Number(before) + 2));
    await well('set', ewon.host, `${KEY}=${before}`);
  });

  harmful(
    'firmware of another product is declined, with the reason of the Ewon; it goes on with what it had',
    async () => {
      const file = join(ewon.dir, 'er99_0s0p99_ma.edf');
      const firmware = (await well('info', ewon.host))[0]?.['firmware'];
      writeFileSync(file, 'no firmware at all');
      await refused('EWON_FIRMWARE_UNFIT', 'upload', ewon.host, file);
      await refused('EWON_DECLINED', 'upload', ewon.host, file, '--force');
      assert.equal((await well('info', ewon.host))[0]?.['firmware'], firmware);
    },
  );

  upgrading('firmware is taken, and the Ewon waited for until it answers with it', async () => {
    const { path, version } = ewon.firmware ?? assert.fail('no firmware');
    const [told] = await well('upload', ewon.host, path);
    assert.equal(told?.['firmware'], version);
    assert.equal((await well('info', ewon.host))[0]?.['firmware'], version);
    await refused('EWON_FIRMWARE_UNFIT', 'upload', ewon.host, path);
  });

  test('nothing that was said holds the password', () => {
    const password = ewon.env['EWON_PASSWORD'] ?? '';
    if (password.length < 4) return;
    const all = said.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    for (const secret of [password, 'not the one', 'hush-hush', Buffer.from(`adm:${password}`).toString('base64')])
      assert.ok(!all.includes(secret));
  });
});

suite('docs/ewon-bridge.md', { timeoutMs: MINUTE_MS }, (test) => {
  test('every command that it shows on an Ewon prints what stands there', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/ewon-bridge.md'), 'utf8');
    const ewon = await startEwon({
      password: 'made up',
      tags: { Level: 40.5, Batch: 'A-17' },
      times: { rebootDelayMs: 100, bootMs: 300 },
    });
    try {
      const shown = [...page.matchAll(/^\$ npx ewon-bridge (.* 10\.0\.0\.53\b.*)\n((?:(?!\$ |```).*\n)*)/gm)];
      assert.ok(shown.length >= 7);
      for (const [, words = '', output] of shown) {
        const argv = words.replace('10.0.0.53', new URL(ewon.url).host).split(' ');
        const said = await bridgeWith({ EWON_PASSWORD: 'made up' }, [...argv, '--ftp-port', String(ewon.ftpPort)]);
        assert.deepEqual([words, said.stdout, said.status], [words, output, 0], said.stderr);
      }
    } finally {
      await ewon.close();
    }
  });
});
