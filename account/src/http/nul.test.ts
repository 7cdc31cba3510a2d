import { Readable } from 'node:stream';
import { assert, assertFault, suite } from '@ewon-agent/contracts/testing';
import { onAccount } from '../testing/stories.ts';
import { withoutNul } from './nul.ts';

suite('a NUL in a text', (test) => {
  for (const bad of ['a\0b', ['x', ['\0']], { a: { b: 'c\0' } }, { 'a\0': 1 }, Buffer.from('a;\0')])
    test(`is found in ${JSON.stringify(bad)}`, () => assert.equal(withoutNul(bad).ok, false));
  for (const good of ['a\nb', [1, null, true, undefined], { a: ['\u0001'] }, Buffer.from('a'), Readable.from(['\0'])])
    test(`is not found in ${JSON.stringify(good)?.slice(0, 60)}`, () => assert.equal(withoutNul(good).ok, true));

  test('and half a character are no text that can be kept; a whole one is', () => {
    for (const half of ['\ud800', { a: ['x\udc00'] }, { '\ud83d': 1 }])
      assert.equal(assertFault(withoutNul(half), 'BAD_REQUEST').detail, 'a text has half a character in it');
    assert.ok(withoutNul({ a: '👩' }).ok);
  });

  test('in a list is a list in other letters, or a workbook', () => {
    const unicodeText = Buffer.from('\ufeffdeviceId;name\r\n', 'utf16le');
    const workbook = Buffer.from('PK\x03\x04\x14\0', 'latin1');
    assert.equal(assertFault(withoutNul([{}, unicodeText]), 'CSV_NOT_UTF8').detail, 'it may be in UTF-16');
    assert.equal(assertFault(withoutNul([{}, workbook]), 'CSV_NOT_UTF8').detail, 'it is a workbook (.xlsx)');
  });

  test(
    'is refused by the admin API in a body, a query and a path, and by the door of devices',
    onAccount(async ({ admin, device }) => {
      const asked: [Parameters<typeof admin>[0], string, object?][] = [
        ['POST', 'session', { login: 'a\0', password: 'x' }],
        ['POST', 'users', { login: 'ann', password: 'secret 12', fullName: 'Ann\0' }],
        ['PATCH', 'about', { name: 'a', company: '\0', address: '', reference: '' }],
        ['GET', 'ewons?search=a%00'],
        ['DELETE', 'pools/a%00'],
        ['DELETE', 'users/%00'],
      ];
      for (const [method, path, body] of asked) {
        const { status, json } = await admin(method, path, body);
        assert.deepEqual([status, json.code, json.detail], [400, 'BAD_REQUEST', 'a text has a NUL in it'], path);
      }
      const newcomer = device();
      for (const changes of [{ user: 'a\0' }, { account: '\0a' }]) {
        const { status, json } = await newcomer.wizard({ password: 'x', ...changes });
        assert.deepEqual([status, json['code']], [400, 'BAD_REQUEST']);
      }
    }),
  );
});
