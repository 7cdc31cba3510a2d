import { assert, suite } from '@ewon-agent/contracts/testing';
import { AUTHORISED_FILES, cardNameOf, inStrictOrder } from './easy-commissioning.ts';

suite('files of easy commissioning', (test) => {
  test('the order is that of AUG-0062 §5', () => {
    const unsigned = AUTHORISED_FILES.map((f) => f.name).filter((name) => !/s$/.test(name));
    assert.deepEqual(unsigned, [
      'ewonfwr.debu',
      'ewonfwr.ebu',
      'ewonfwr.edf',
      'dewonfwr.edf',
      'backup.tar',
      'comcfg.txt',
      'T2M.txt',
    ]);
  });

  test('every firmware file comes before every configuration file', () => {
    const kinds = AUTHORISED_FILES.map((f) => f.kind);
    assert.ok(kinds.lastIndexOf('firmware') < kinds.indexOf('configuration'));
    assert.equal(kinds.indexOf('registration'), kinds.length - 1);
  });

  test('names are found in any case', () => {
    for (const entry of ['T2M.txt', 'T2M.TXT', 't2m.txt', 't2M.tXt']) assert.equal(cardNameOf(entry), 'T2M.txt');
    assert.equal(cardNameOf('EWONFWR.EBUS'), 'ewonfwr.ebus');
  });

  test('names that only look alike are not found', () => {
    // U+212A KELVIN SIGN is a "k" to toLowerCase()
    for (const entry of [
      'T2M.txt ',
      'T2M.txt.txt',
      'T2M',
      'T2M~1.JSO',
      'config.txt',
      'program.bas',
      'bac\u212aup.tar',
    ]) {
      assert.equal(cardNameOf(entry), undefined, entry);
    }
  });

  test('what was found is put into the strict order', () => {
    assert.deepEqual(inStrictOrder(['T2M.txt', 'x', 'backup.tar', 'ewonfwr.ebus']), [
      'ewonfwr.ebus',
      'backup.tar',
      'T2M.txt',
    ]);
  });
});
