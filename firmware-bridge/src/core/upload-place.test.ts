import { parseSerial } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { placeOfUpload } from './upload-place.ts';

const EWON = { serial: assertOk(parseSerial('1524-0071-21')), model: '', firmware: '15.0s2' };
const CAREFUL = { ewon: EWON, doubts: 'refuse', erasing: 'refuse' } as const;

suite('where a file goes on an Ewon', (test) => {
  test('settings go under their own name, whatever the case', () =>
    assert.deepEqual(assertOk(placeOfUpload('ComCfg.TXT', CAREFUL)), { name: 'comcfg.txt', kind: 'settings' }));

  test('backup.tar only where erasing is meant', () => {
    assertFault(placeOfUpload('backup.tar', CAREFUL), 'USAGE');
    assert.equal(assertOk(placeOfUpload('backup.tar', { ...CAREFUL, erasing: 'allow' })).name, 'backup.tar');
  });

  test('firmware goes under the name that the Ewon takes; what its name speaks against only when that is meant', () => {
    assert.deepEqual(assertOk(placeOfUpload('er15_0s4p21_ma.edfs', CAREFUL)), {
      name: 'ewonfwr.edfs',
      kind: 'firmware',
    });
    assertFault(placeOfUpload('er15_0s4p24_ma.edfs', CAREFUL), 'EWON_FIRMWARE_UNFIT');
    const forced = { ...CAREFUL, doubts: 'leave to the Ewon' } as const;
    assert.equal(assertOk(placeOfUpload('er15_0s4p24_ma.edfs', forced)).name, 'ewonfwr.edfs');
  });

  test('an Ewon that does not say its firmware gets none', () =>
    assertFault(placeOfUpload('a.edf', { ...CAREFUL, ewon: { ...EWON, firmware: '' } }), 'EWON_FIRMWARE_UNFIT'));

  test('other files are not sent: T2M.txt is taken from a card only', () => {
    for (const name of ['T2M.txt', 'ewonfwr.ebu', 'x', '']) assertFault(placeOfUpload(name, CAREFUL), 'USAGE');
  });
});
