import { assert, suite } from '@ewon-agent/contracts/testing';
import { sentence } from '../testing/nmea-streams.ts';
import { placeOf, readNmea } from './nmea.ts';

const read = (body: string) => readNmea(sentence(body));
const right = { checksum: 'right' } as const;

suite('NMEA sentences', (test) => {
  const READ: readonly (readonly [what: string, body: string, sentence: object])[] = [
    [
      'RMC with everything',
      'GNRMC,123519.00,A,4807.038,N,01131.000,W,022.4,084.4,250326,003.1,W,D,V',
      {
        ...{ talker: 'GN', type: 'RMC', time: '12:35:19.00', latitude: 48.1173, longitude: -11.516666666666667 },
        ...{ status: 'A', speedKnots: 22.4, courseDegrees: 84.4, date: '2026-03-25', mode: 'D' },
      },
    ],
    ['RMC of before 2000', 'GPRMC,,V,,,,,,,311299,,', { talker: 'GP', type: 'RMC', status: 'V', date: '1999-12-31' }],
    [
      'RMC that knows nothing: no value is made up',
      'GPRMC,,V,,,,,,,,,,N',
      { talker: 'GP', type: 'RMC', status: 'V', mode: 'N' },
    ],
    [
      'GGA',
      'GPGGA,000000,0000.000,S,00000.000,E,2,08,0.9,-5.4,M,46.9,M,,',
      {
        ...{ talker: 'GP', type: 'GGA', time: '00:00:00', latitude: 0, longitude: 0, quality: 2, satellites: 8 },
        ...{ hdop: 0.9, altitudeMetres: -5.4, geoidMetres: 46.9 },
      },
    ],
    [
      'GNS',
      'GNGNS,122310.2,3722.425671,N,12258.856215,W,DAAN,14,0.9,1005.543,6.5,,,V',
      {
        ...{ talker: 'GN', type: 'GNS', time: '12:23:10.2', latitude: 37.373761183333336 },
        ...{
          longitude: -122.98093691666666,
          modes: 'DAAN',
          satellites: 14,
          hdop: 0.9,
          altitudeMetres: 1005.543,
          geoidMetres: 6.5,
        },
      },
    ],
    [
      'GSA with the system at its end',
      'GNGSA,A,3,80,71,,73,,,,,,,,,1.83,1.09,1.47,1',
      {
        talker: 'GN',
        type: 'GSA',
        selection: 'A',
        fix: 3,
        satellites: [80, 71, 73],
        pdop: 1.83,
        hdop: 1.09,
        vdop: 1.47,
      },
    ],
    [
      'GSV with a satellite that is not heard, and the signal at its end',
      'GLGSV,2,2,05,70,12,034,28,71,40,083,,1',
      {
        ...{ talker: 'GL', type: 'GSV', of: 2, part: 2, inView: 5 },
        satellites: [
          { id: 70, elevationDegrees: 12, azimuthDegrees: 34, snrDb: 28 },
          { id: 71, elevationDegrees: 40, azimuthDegrees: 83 },
        ],
      },
    ],
    [
      'VTG',
      'GPVTG,084.4,T,,M,022.4,N,041.5,K,A',
      { talker: 'GP', type: 'VTG', courseDegrees: 84.4, speedKnots: 22.4, speedKmh: 41.5, mode: 'A' },
    ],
    [
      'ZDA in a leap second',
      'GPZDA,235960.00,31,12,2016,00,00',
      { talker: 'GP', type: 'ZDA', time: '23:59:60.00', date: '2016-12-31' },
    ],
    ['a sentence that nobody here needs', 'GPTXT,01,01,02,x', { talker: 'GP', type: 'other', name: 'TXT' }],
    ['a sentence of a manufacturer', 'PMTK011,MTKGPS', { talker: 'P', type: 'other', name: 'MTK011' }],
  ];
  for (const [what, body, expected] of READ) test(what, () => assert.deepEqual(read(body), { ...right, ...expected }));

  const REFUSED: readonly (readonly [what: string, line: string, code: string, reason?: string])[] = [
    ['a wrong checksum', `${sentence('GPGSV,1,1,00').slice(0, -2)}00`, 'NMEA_CHECKSUM_BAD', '00 for 79'],
    ['half a checksum', sentence('GPGSV,1,1,00').slice(0, -1), 'NMEA_SENTENCE_BAD'],
    ['no dollar', 'GPGSV,1,1,00*79', 'NMEA_SENTENCE_BAD', 'no $'],
    ['nothing after the dollar', '$', 'NMEA_SENTENCE_BAD'],
    ['a talker of one letter', sentence('PA,1'), 'NMEA_SENTENCE_BAD'],
    ['bytes of noise inside', sentence('GPGSV,1,\x01,00'), 'NMEA_SENTENCE_BAD'],
    ['a very long one', sentence(`GPTXT,${'x'.repeat(200)}`), 'NMEA_SENTENCE_BAD'],
    ['a latitude beyond the pole', sentence('GPRMC,1,A,9000.001,N,01131.000,E,,,250326,,'), 'NMEA_FIELD_BAD'],
    [
      'a longitude beyond 180 degrees',
      sentence('GPGGA,123519,4807.0,N,18000.1,E,1,08,0.9,,M,,M,,'),
      'NMEA_FIELD_BAD',
      'GGA, field 4',
    ],
    [
      'sixty minutes of latitude',
      sentence('GPGGA,123519,4860.0,N,01131.0,E,1,08,0.9,,M,,M,,'),
      'NMEA_FIELD_BAD',
      'GGA, field 2',
    ],
    [
      'letters for a latitude',
      sentence('GPGGA,123519,xx07.0,N,01131.0,E,1,08,0.9,,M,,M,,'),
      'NMEA_FIELD_BAD',
      'GGA, field 2',
    ],
    [
      'a latitude without its letter',
      sentence('GPGGA,123519,4807.0,,01131.0,E,1,08,0.9,,M,,M,,'),
      'NMEA_FIELD_BAD',
      'GGA, field 3',
    ],
    [
      'a letter without its latitude',
      sentence('GPGGA,123519,,N,01131.0,E,1,08,0.9,,M,,M,,'),
      'NMEA_FIELD_BAD',
      'GGA, field 2',
    ],
    ['the 25th hour', sentence('GPZDA,250000,04,07,2026,00,00'), 'NMEA_FIELD_BAD', 'ZDA, field 1'],
    ['the 31st of April', sentence('GPRMC,123519,A,4807.0,N,01131.0,E,,,310426,,'), 'NMEA_FIELD_BAD', 'RMC, field 9'],
    [
      'a sentence cut short, with a sum that fits',
      sentence('GPRMC,123519,A,4807.0,N'),
      'NMEA_FIELD_BAD',
      'RMC, only 4 fields',
    ],
    ['one with too few fields', sentence('GPGSA,A,3'), 'NMEA_FIELD_BAD', 'GSA, only 2 fields'],
  ];
  for (const [what, line, code, reason] of REFUSED)
    test(`${what} is refused: ${code}`, () => {
      const refused = readNmea(line);
      assert.ok('reason' in refused, JSON.stringify(refused));
      assert.equal(refused.code, code);
      if (reason) assert.equal(refused.reason, reason);
    });

  test('what stands before a sentence on its line is noise, or one that was cut', () => {
    const whole = sentence('GPGSV,1,1,00');
    for (const before of ['\xff\0', 'OK', '$GPRMC,1234', '$GPRMC,123519.00,A,4807.0'])
      assert.deepEqual(readNmea(before + whole), readNmea(whole));
  });

  test('a sentence without a checksum is read, and says so', () => {
    const read = readNmea('$GPZDA,201530.00,04,07,2026,00,00');
    assert.deepEqual('checksum' in read && read.checksum, 'missing');
  });

  const PLACES: readonly (readonly [body: string, place: boolean])[] = [
    ['GPRMC,123519,A,4807.0,N,01131.0,E,,,250326,,', true],
    ['GPRMC,123519,V,4807.0,N,01131.0,E,,,250326,,', false],
    ['GPRMC,123519,A,4807.0,N,01131.0,E,,,250326,,,N', false],
    ['GPRMC,,A,4807.0,N,01131.0,E,,,250326,,', false],
    ['GPGGA,123519,4807.0,N,01131.0,E,0,08,0.9,,M,,M,,', false],
    ['GPGGA,123519,4807.0,N,01131.0,E,6,08,0.9,,M,,M,,', true],
    ['GNGNS,123519,4807.0,N,01131.0,E,NN,00,,,,,,V', false],
    ['GNGNS,123519,4807.0,N,01131.0,E,NA,05,,,,,,V', true],
    ['GPZDA,201530.00,04,07,2026,00,00', false],
  ];
  for (const [body, place] of PLACES)
    test(`${body} ${place ? 'vouches for a place' : 'vouches for none'}`, () => {
      const read = readNmea(sentence(body));
      assert.ok(!('reason' in read), JSON.stringify(read));
      assert.equal(placeOf(read) !== undefined, place);
    });
});
