import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { identityFrom, parseEstat } from './estat.ts';

const lines = ['MbPartNum:FLEXY20300_00', 'CodeName:Flexy 203', 'FwrVersion:14.6s0', 'SerNum:1524-0071-21'];
const identityOf = (text: string) => identityFrom(parseEstat(text));

suite('estat', (test) => {
  for (const [name, end] of [
    ['CRLF', '\r\n'],
    ['LF', '\n'],
  ]) {
    test(`lines may end in ${name}, with or without a last one`, () => {
      const expected = { serial: '1524-0071-21', model: 'Flexy 203', firmware: '14.6s0' };
      assert.deepEqual(assertOk(identityOf(lines.join(end))), expected);
      assert.deepEqual(assertOk(identityOf(lines.join(end) + end)), expected);
    });
  }

  test('only the first colon separates', () => {
    const estat = parseEstat('ModemExtInfo:MFR: Telit , MODEL: HE910-D , VER: 12.00.026');
    assert.equal(estat.get('ModemExtInfo'), 'MFR: Telit , MODEL: HE910-D , VER: 12.00.026');
  });

  test('quotes and blanks around keys and values are taken off, others kept', () => {
    const estat = parseEstat('"CodeName":"Flexy 203"\n FwrVersion : 14.6s0 \nGsmOpName:"a" b "c"\nWanIp:""');
    assert.deepEqual(
      [...estat],
      [
        ['CodeName', 'Flexy 203'],
        ['FwrVersion', '14.6s0'],
        ['GsmOpName', '"a" b "c"'],
        ['WanIp', ''],
      ],
    );
  });

  test('keys nobody knows are kept, and of a key that stands twice the first counts', () => {
    assert.deepEqual(
      [...parseEstat('NewKey:1\nSerNum:a\nSerNum:b')],
      [
        ['NewKey', '1'],
        ['SerNum', 'a'],
      ],
    );
  });

  test('lines without a key are left out, whatever they hold', () => {
    assert.deepEqual([...parseEstat('no colon\n:no key\n\n \n<a href="x:y">\n\u202ex:1\n__proto__:1\n1a:1')], []);
    assert.equal(parseEstat('constructor:x').get('constructor'), 'x');
  });

  for (const key of ['SerNum', 'SERNUM', 'MbSerNum']) {
    test(`the serial may be called ${key}`, () => {
      assert.equal(assertOk(identityOf(`${key}:1523-0156-21\nCodeName:x`)).serial, '1523-0156-21');
    });
  }

  test('a serial that is none gives way to one that is', () => {
    assert.equal(assertOk(identityOf('SerNum:0\nMbSerNum:1523-0156-21')).serial, '1523-0156-21');
  });

  test('the part number stands in for a missing or empty code name', () => {
    assert.equal(assertOk(identityOf('SerNum:1523-0156-21\nMbPartNum:EC61330_00')).model, 'EC61330_00');
    assert.equal(assertOk(identityOf('SerNum:1523-0156-21\nCodeName:\nMbPartNum:EC61330_00')).model, 'EC61330_00');
  });

  test('model and firmware may be missing, and are cut to what a request takes', () => {
    assert.deepEqual(assertOk(identityOf('SerNum:1523-0156-21')), { serial: '1523-0156-21', model: '', firmware: '' });
    assert.equal(assertOk(identityOf(`SerNum:1523-0156-21\nCodeName:${'x'.repeat(500)}`)).model.length, 64);
  });

  test('an answer without a serial says what it met', () => {
    assert.match(assertFault(identityOf('<html>login</html>'), 'FIRMWARE_ANSWER_BAD').detail, /not a status/);
    assert.match(assertFault(identityOf(''), 'FIRMWARE_ANSWER_BAD').detail, /not a status/);
    assert.match(assertFault(identityOf('SerNum:15240071'), 'FIRMWARE_ANSWER_BAD').detail, /SerNum is "15240071"/);
    assert.match(assertFault(identityOf('CodeName:x'), 'FIRMWARE_ANSWER_BAD').detail, /no SerNum/);
  });
});
