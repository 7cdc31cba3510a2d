import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { bridgeHere, recordsOf } from '../testing/bridge-here.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures', name));

suite('the words of the ewon-bridge command', (test) => {
  test('no command: the help on stderr, and wrong use', async () => {
    const { status, stdout, stderr } = await bridgeHere([]);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /parse/);
  });

  test('help that was asked for goes to stdout, with exit status 0', async () => {
    for (const argv of [['--help'], ['parse', '--help'], ['help', 'parse']]) {
      const { status, stdout, stderr } = await bridgeHere(argv);
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, /Usage: ewon-bridge/);
    }
  });

  test('wrong use is told once, with exit status 2', async () => {
    for (const argv of [['burn'], ['parse'], ['parse', 'toml'], ['parse', 'comcfg', 'file'], ['parse', '--x']]) {
      const { status, stdout, stderr } = await bridgeHere(argv);
      assert.deepEqual([status, stdout], [2, ''], argv.join(' '));
      assert.equal(stderr.match(/USAGE: /g)?.length, 1, stderr);
    }
  });
});

suite('ewon-bridge parse comcfg', (test) => {
  test('a record for each line that says something; exit status 0 when all was read', async () => {
    const said = await bridgeHere(['parse', 'comcfg'], 'WANCnx:1\r\n\r\n', 'Nat', 'Itf:9\r\n');
    assert.deepEqual([said.status, said.stderr], [0, '']);
    assert.deepEqual(recordsOf(said), [
      { line: 1, key: 'WANCnx', value: '1' },
      { line: 3, key: 'NatItf', value: '9', doubt: 'NatItf takes 0, 1, 2, 3' },
    ]);
  });

  test('a line that is refused has its code and a reason; exit status 3', async () => {
    const said = await bridgeHere(['parse', 'comcfg'], 'WANCnx:1\nrubbish\n');
    assert.equal(said.status, 3);
    assert.deepEqual(recordsOf(said)[1], { line: 2, refused: 'COMCFG_LINE_BAD', reason: 'no colon' });
  });

  test('nothing at all: no record, exit status 0', async () =>
    assert.deepEqual(await bridgeHere(['parse', 'comcfg']), { status: 0, stdout: '', stderr: '' }));

  test('what is refused as a whole is said on stderr', async () => {
    const { status, stdout, stderr } = await bridgeHere(['parse', 'comcfg'], Buffer.from('\ufeffa', 'utf16le'));
    assert.deepEqual([status, stdout], [3, '']);
    assert.match(stderr, /^TEXT_ENCODING: /);
  });

  test('an endless input is given up at its limit', async () => {
    const { status, stderr } = await bridgeHere(['parse', 'comcfg'], ...Array(40).fill('x'.repeat(65_536)));
    assert.equal(status, 3);
    assert.match(stderr, /^TEXT_TOO_LARGE: /);
  });

  test('passwords, PINs and keys are never printed', async () => {
    for (const name of ['comcfg-cellular.txt', 'comcfg-by-hand.txt']) {
      const { stdout } = await bridgeHere(['parse', 'comcfg'], fixture(name));
      for (const secret of ['4711', 'c2VjcmV0', 'not-a-real-one', '0123456789ABC']) assert.ok(!stdout.includes(secret));
    }
    const buried = 'PdpApn:see A01-0123456789ABCDEFGHIJKLMNOPQRSTUV there\nA01-0123456789ABCDEFGHIJKLMNOPQRSTUV\n';
    assert.ok(!(await bridgeHere(['parse', 'comcfg'], buried)).stdout.includes('0123456789ABC'));
  });

  test('what a terminal would obey is printed as JSON escapes', async () => {
    const { stdout } = await bridgeHere(['parse', 'comcfg'], 'PdpApn:\u202e\u009b31m\n');
    assert.match(stdout, /^[\n -~]*$/);
  });
});

suite('ewon-bridge parse of other formats', (test) => {
  const records = async (format: string, name: string) => recordsOf(await bridgeHere(['parse', format], fixture(name)));

  test('config: settings with their section, rows of lists by column; passwords hidden', async () => {
    const said = await bridgeHere(['parse', 'config'], fixture('config-flexy.txt'));
    assert.equal(said.status, 0, said.stdout);
    const all = recordsOf(said);
    assert.deepEqual(all[0], { line: 3, section: 'System', key: 'Identification', value: 'press-4' });
    assert.deepEqual(all[9], { line: 12, section: 'System', key: 'SmtpPassword', hidden: '12 characters' });
    const row = { Id: 1, Name: 'Level', Description: 'Tank "A", level', ServerName: 'MODBUS' };
    const more = { Address: '+40001,1,192.168.0.10', Coef: 0.1, Offset: 0, LogEnabled: 1 };
    assert.deepEqual(all[11], { line: 17, section: 'TagList', row: { ...row, ...more } });
    assert.match(said.stdout, /"Password":\{"hidden":"12 characters"\}/);
    assert.ok(!/c2VjcmV0|b3RoZXI|bWFpbA/.test(said.stdout));
    const byHand = await bridgeHere(['parse', 'config'], fixture('config-by-hand.txt'));
    assert.equal(byHand.status, 3);
    assert.ok(!byHand.stdout.includes('secret-word'));
  });

  test('estat: numbers of modem and SIM are shown by their first digits', async () => {
    const said = await bridgeHere(['parse', 'estat'], fixture('estat-flexy.txt'));
    assert.equal(said.status, 0);
    assert.deepEqual(recordsOf(said)[10], { line: 11, key: 'GsmIMEI', value: '356938*********' });
    assert.ok(!/035643809|0000000001/.test(said.stdout));
    assert.deepEqual((await records('estat', 'estat-quoted.txt'))[3], {
      ...{ line: 4, refused: 'ESTAT_LINE_BAD', reason: 'not Key:Value' },
    });
  });

  test('events: the one that says that the file went around is marked', async () => {
    const all = await records('events', 'events-circulated.txt');
    assert.deepEqual(all[2], {
      ...{ line: 3, localTime: '2026-01-01T00:00:01', when: '01/01/2026 00:00:01', text: 'Event file circularized' },
      ...{ origin: 'evt', number: 511, id: 23607, event: 23607, circulated: true },
    });
    assert.equal(all.length, 6);
  });

  test('tags: values with their quality', async () => {
    assert.deepEqual(await records('tags', 'tags-flexy.txt'), [
      { line: 2, tag: 'Level', value: 40.5, quality: 'good' },
      { line: 3, tag: 'Running', value: 1, quality: 'good' },
      { line: 4, tag: 'Old', value: 0, quality: 'uncertain' },
      { line: 5, tag: 'Gone', value: 0, quality: 'bad' },
      { line: 6, tag: 'Batch', value: 'A-17 "x"; Kühlung', quality: 'good' },
    ]);
    assert.deepEqual(await records('tags', 'tags-by-hand.txt'), [
      { line: 2, tag: 'Level', value: 40.5, quality: 'good' },
      { line: 4, refused: 'TAGS_LINE_BAD', reason: 'not a number: on' },
      { line: 5, refused: 'TAGS_LINE_BAD', reason: 'a quote that does not end' },
    ]);
    const said = await bridgeHere(['parse', 'tags'], '<html>login</html>');
    assert.deepEqual([said.status, said.stdout], [3, '']);
    assert.match(said.stderr, /^TAGS_HEADER_MISSING: /);
  });
});

suite('ewon-bridge parse of streams', (test) => {
  test('nmea: sentences as they come, also the last without an end of line', async () => {
    const said = await bridgeHere(
      ['parse', 'nmea'],
      '$GPZDA,201530.00,04,07,',
      '2026,00,00*66\r\n\xff\r\n$GPGSV,1,1,',
      '00*79',
    );
    assert.equal(said.status, 3);
    assert.deepEqual(recordsOf(said), [
      { line: 1, talker: 'GP', checksum: 'right', type: 'ZDA', time: '20:15:30.00', date: '2026-07-04' },
      { line: 2, refused: 'NMEA_SENTENCE_BAD', reason: 'no $' },
      { line: 3, talker: 'GP', checksum: 'right', type: 'GSV', of: 1, part: 1, inView: 0, satellites: [] },
    ]);
  });

  test('a place says whether its sentence vouches for it', async () => {
    const [record] = recordsOf(
      await bridgeHere(['parse', 'nmea'], '$GPRMC,123519,V,4807.038,N,01131.000,E,,,250326,,*05\n'),
    );
    assert.match(JSON.stringify(record), /"latitude":48.1173.*"fix":false/);
  });

  test('a line that is too long is refused by itself', async () => {
    const said = await bridgeHere(['parse', 'nmea'], `${'x'.repeat(5000)}\n$GPGSV,1,1,00*79\n`);
    assert.match(said.stdout, /^\{"line":1,"refused":"TEXT_LINE_TOO_LONG".*\n\{"line":2,"talker":"GP"/);
  });
});

suite('ewon-bridge parse at', (test) => {
  test('what a modem says, with lines said unasked in between', async () => {
    const said = await bridgeHere(
      ['parse', 'at'],
      fixture('at-quectel.txt').subarray(0, 100),
      fixture('at-quectel.txt').subarray(100),
    );
    assert.deepEqual([said.status, said.stderr], [0, '']);
    const records = recordsOf(said);
    assert.deepEqual(records[0], { line: 1, kind: 'echo', command: 'AT' });
    assert.ok(records.some((record) => JSON.stringify(record).includes('"kind":"cell","family":"quectel"')));
    assert.ok(!/\d{11,}/.test(said.stdout), said.stdout);
  });

  test('noise and bad fields are refused with their codes', async () => {
    const said = await bridgeHere(['parse', 'at'], '\0\x01\r\n+CSQ: x\r\nOK');
    assert.equal(said.status, 3);
    assert.deepEqual(recordsOf(said), [
      { line: 1, refused: 'AT_LINE_BAD', reason: 'control characters' },
      { line: 2, refused: 'AT_FIELD_BAD', reason: '+CSQ' },
      { line: 3, kind: 'result', result: 'OK' },
    ]);
  });
});

suite('docs/ewon-bridge.md', (test) => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/ewon-bridge.md'), 'utf8');
  const grk = 'T2MKey:A01-0123456789ABCDEFGHIJKLMNOPQRSTUV';
  const shown: readonly (readonly [format: string, input: string])[] = [
    ['comcfg', `WANCnx:1\r\nNatItf:9\r\nWANPxyPass:some-word\r\n${grk}\r\nno key\r\n`],
    ['nmea', '$GNRMC,123519.00,A,4807.038,N,01131.000,E,,,,,*22\r\n$GPGSV,1,1,00*00\r\n'],
  ];
  for (const [format, input] of shown)
    test(`what it shows of ${format} is what is printed`, async () => {
      const { stdout } = await bridgeHere(['parse', format], input);
      assert.ok(page.includes(`npx ewon-bridge parse ${format}`) && page.includes(`\n${stdout}\`\`\``), stdout);
    });

  test('it names every format', async () => {
    const { stdout } = await bridgeHere(['parse', '--help']);
    const formats = [...(/choices: ([^)]*)/.exec(stdout.replace(/\s+/g, ' '))?.[1] ?? '').matchAll(/"(\w+)"/g)];
    assert.equal(formats.length, 7);
    for (const [, format] of formats) assert.ok(page.includes(`| \`${format}\` |`), format);
  });
});
