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
