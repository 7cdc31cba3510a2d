import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { compareFirmware, firmwareFileOf, parseFirmwareVersion, placeOfFirmware } from './firmware-file.ts';

const version = (text: string) => parseFirmwareVersion(text) ?? assert.fail(text);

suite('versions of firmware', (test) => {
  for (const [text, major, minor, service] of [
    ['14.6s0', 14, 6, 0],
    ['15.0s4', 15, 0, 4],
    ['11.0s0b11 (11.0)', 11, 0, 0],
    ['14.9', 14, 9, 0],
    [' 22.1s10 ', 22, 1, 10],
  ] as const)
    test(`${text} is read`, () => assert.deepEqual(version(text), { major, minor, service }));

  test('what is none is not read', () => {
    for (const text of ['', '14', 's0', 'v14.6s0', '14.6666s0', '14.'])
      assert.equal(parseFirmwareVersion(text), undefined, text);
  });

  test('they are in order by number, not by letter', () => {
    const sorted = ['14.10s0', '15.0s2', '14.9s11', '14.9s2'].map(version).sort(compareFirmware);
    assert.deepEqual(
      sorted.map(({ minor, service }) => [minor, service].join('s')),
      ['9s2', '9s11', '10s0', '0s2'],
    );
  });
});

suite('which firmware file an Ewon takes', (test) => {
  test('the names of the vendor say version and product, the names of cards nothing', () => {
    assert.deepEqual(firmwareFileOf('er15_0s4p21_ma.edfs'), {
      signed: 'yes',
      version: { major: 15, minor: 0, service: 4 },
      productCode: '21',
    });
    assert.deepEqual(firmwareFileOf('er-14-8s0-arm-ma.EDF'), {
      signed: 'no',
      version: { major: 14, minor: 8, service: 0 },
    });
    assert.deepEqual(firmwareFileOf('ewonfwr.edf'), { signed: 'no' });
    for (const name of ['er-15-0s2-arm-ma.ebu', 'ewonfwr.ebus', 'backup.tar', 'edf'])
      assert.equal(firmwareFileOf(name), undefined);
  });

  const table: readonly (readonly [file: string, serial: string, firmware: string, answer: string])[] = [
    ['er14_8s0p21_ma.edf', '1524-0071-21', '14.6s0', 'ewonfwr.edf'],
    ['er15_0s2p21_ma.edf', '1524-0071-21', '14.9s3', 'ewonfwr.edf'],
    ['er15_0s4p21_ma.edfs', '1524-0071-21', '15.0s2', 'ewonfwr.edfs'],
    ['er15_0s4p24_ma.edfs', '1524-0071-24', '15.0s2', 'ewonfwr.edfs'],
    ['ewonfwr.edfs', '1524-0071-21', '15.0s2', 'ewonfwr.edfs'],
    ['er15_0s4p24_ma.edfs', '1524-0071-21', '15.0s2', 'for product 24'],
    ['er15_0s4p21_ma.edfs', '1524-0071-21', '14.6s0', 'takes .edf'],
    ['er15_0s4p21_ma.edf', '1524-0071-21', '15.0s2', 'takes .edfs'],
    ['er15_0s4p21_ma.edf', '1524-0071-21', '14.9s3', 'by way of 15.0s2'],
    ['er15_0s4p21_ma.edfs', '1524-0071-21', '15.0s4', 'not newer than 15.0s4'],
    ['er14_6s0p21_ma.edf', '1524-0071-21', '14.9s0', 'not newer'],
  ];
  for (const [name, serial, firmware, answer] of table)
    test(`${name} for ${serial} with ${firmware}: ${answer}`, () => {
      const file = firmwareFileOf(name) ?? assert.fail();
      const place = placeOfFirmware(file, { serial, firmware: version(firmware) });
      if (answer.startsWith('ewonfwr')) assert.equal(assertOk(place), answer);
      else assert.ok(assertFault(place, 'EWON_FIRMWARE_UNFIT').detail.includes(answer));
    });
});
