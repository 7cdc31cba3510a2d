import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { endsBatch, harmlessName, readYmodemHeader, ymodemHeader } from './ymodem-header.ts';

const block = (text: string) => Buffer.from(text.padEnd(128, '\0'), 'latin1');

suite('block 0 of YMODEM', (test) => {
  const names: Readonly<Record<string, string | undefined>> = {
    'T2M.txt': 'T2M.txt',
    'a card (2).tar.gz': 'a card (2).tar.gz',
    '/etc/passwd': 'passwd',
    '../../etc/shadow': 'shadow',
    'C:\\Users\\me\\T2M.txt': 'T2M.txt',
    'C:T2M.txt': 'T2M.txt',
    '.bashrc': 'bashrc',
    '-rf': 'rf',
    'a\x1b[2Jb': 'a2Jb',
    'a;reboot|$(x)`y`&': 'arebootxy'.replace('arebootxy', 'areboot(x)y'),
    'S\xfcd.txt': 'Sd.txt',
    'dir/': undefined,
    '..': undefined,
    '.': undefined,
    '   ': undefined,
    '\xfc\xe4': undefined,
    ['x'.repeat(120)]: 'x'.repeat(100),
  };
  for (const [raw, name] of Object.entries(names))
    test(`the name ${JSON.stringify(raw).slice(0, 40)} becomes ${name?.slice(0, 20) ?? 'nothing'}`, () =>
      assert.equal(harmlessName(raw), name));

  test('name, size and time are read as lrzsz, TeraTerm and the Protocol Reference write them', () => {
    const read = (text: string) => assertOk(readYmodemHeader(block(text)));
    const whole = { name: 'foo.c', sizeBytes: 6347, modifiedSeconds: 0o3314742605 };
    assert.deepEqual(read('foo.c\x006347 3314742605 100644 0 1 6347'), whole);
    assert.deepEqual(read('foo.c\x006347 3314742605'), whole);
    assert.deepEqual(read('foo.c\x006347'), { name: 'foo.c', sizeBytes: 6347 });
    assert.deepEqual(read('foo.c\x006347 0 0'), { name: 'foo.c', sizeBytes: 6347 });
  });

  test('a size that is missing or no number is refused, a name of which nothing is left too', () => {
    for (const text of ['foo', 'foo\0', 'foo\0-1', 'foo\x001e9', 'foo\x0099999999999999999999', '..\x005', '/\x005'])
      assertFault(readYmodemHeader(block(text)), 'YMODEM_HEADER_BAD');
  });

  test('what is refused is told harmlessly', () => {
    const { detail } = assertFault(readYmodemHeader(block('\x1b]0;\x07/\x1b\x005')), 'YMODEM_HEADER_BAD');
    assert.match(detail, /^[\x20-\x7e]+$/);
  });

  test('what is written is read, and any bytes are read without harm', () => {
    const file = { name: 'a card.txt', sizeBytes: 300_000, modifiedSeconds: 1_000_000_000 };
    assert.deepEqual(assertOk(readYmodemHeader(ymodemHeader(file))), file);
    assert.ok(endsBatch(new Uint8Array(128)) && !endsBatch(ymodemHeader(file)));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1024 }), (bytes) => {
        const read = readYmodemHeader(bytes);
        if (read.ok) assert.match(read.value.name, /^[A-Za-z0-9_+(),=@][A-Za-z0-9 ._+()@,=~-]{0,99}$/);
      }),
    );
  });
});
