import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { parseAddress, parseSince } from './address.ts';
import { codeOfFtpAnswer } from './ftp-answers.ts';
import { sameTagValue } from './tag-value.ts';

suite('what a person types', (test) => {
  test('a host, perhaps with the port of its web server', () => {
    assert.deepEqual(assertOk(parseAddress('10.0.0.53')), { host: '10.0.0.53', httpPort: 80 });
    assert.deepEqual(assertOk(parseAddress('press-4.local:8080')), { host: 'press-4.local', httpPort: 8080 });
    assert.deepEqual(assertOk(parseAddress('[fd00::53]:81')), { host: '[fd00::53]', httpPort: 81 });
  });

  test('anything else is USAGE, and is not repeated', () => {
    for (const text of [
      '',
      'http://10.0.0.53',
      'adm:secret@10.0.0.53',
      '10.0.0.53:0',
      '10.0.0.53:99999',
      'a b',
      '10.0.0.53/x',
      '-x',
    ])
      assert.ok(!assertFault(parseAddress(text), 'USAGE').detail.includes('secret'));
  });

  test('since when', () => {
    assert.deepEqual(
      ['90s', '10m', '2h', '03d'].map((text) => assertOk(parseSince(text))),
      ['_s90', '_m10', '_h2', '_d3'],
    );
    for (const text of ['', '10', 'm', '1w', '-1m', '1 m']) assertFault(parseSince(text), 'USAGE');
  });
});

suite('a value of a tag beside what was asked', (test) => {
  for (const [is, asked, answer] of [
    [40.0999985, '40.1', 'same'],
    [40.1, '40.2', 'other'],
    [0, '0', 'same'],
    [1e-3, '0', 'other'],
    [7, 'on', 'never'],
    ['A-17', 'A-17', 'same'],
    ['A-17', 'a-17', 'other'],
  ] as const)
    test(`${is} for ${asked}: ${answer}`, () => assert.equal(sameTagValue(is, asked), answer));
});

suite('answers of an FTP server', (test) => {
  for (const [step, answer, code] of [
    ['connect', 421, 'EWON_BUSY'],
    ['write', 421, 'EWON_UNREACHABLE'],
    ['connect', 500, 'EWON_NOT_ONE'],
    ['login', 530, 'EWON_PASSWORD_WRONG'],
    ['login', 500, 'EWON_PASSWORD_WRONG'],
    ['read', 550, 'EWON_FILE_MISSING'],
    ['read', 426, 'EWON_UNREACHABLE'],
    ['read', 451, 'EWON_DECLINED'],
    ['write', 530, 'EWON_PASSWORD_WRONG'],
    ['write', 550, 'EWON_DECLINED'],
    ['write', 452, 'EWON_DISK_FULL'],
    ['write', 552, 'EWON_DISK_FULL'],
  ] as const)
    test(`${answer} at ${step} is ${code}`, () => assert.equal(codeOfFtpAnswer(step, answer), code));
});
