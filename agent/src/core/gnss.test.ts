import { assert, suite } from '@ewon-agent/contracts/testing';
import { checksumOf } from '@ewon-agent/firmware-bridge/core/nmea-frame';
import { type GnssLanguage, gnssHeard, NOTHING_HEARD } from './gnss.ts';
import { weeksBehind } from './gnss-gate.ts';

const NOW_MS = Date.parse('2026-11-26T12:00:00Z');
const RULES = { hdopMax: 10 };
const WEEK_MS = 7 * 86_400_000;
const sentence = (body: string) => `$${body}*${checksumOf(body)}`;
type Said = {
  readonly time?: string;
  readonly lat?: string;
  readonly lng?: string;
  readonly hdop?: string;
  readonly quality?: string;
  readonly status?: string;
  readonly mode?: string;
  readonly date?: string;
};
/** Brussels unless told. */
const gga = ({ time = '120000', lat = '5051.018,N', lng = '00421.102,E', hdop = '0.9', quality = '1' }: Said = {}) =>
  sentence(`GPGGA,${time},${lat},${lng},${quality},08,${hdop},56.0,M,46.0,M,,`);
const rmc = ({
  time = '120000',
  lat = '5051.018,N',
  lng = '00421.102,E',
  status = 'A',
  mode = 'A',
  date = '261126',
}: Said = {}) => sentence(`GPRMC,${time},${status},${lat},${lng},0.1,0.0,${date},,,${mode}`);
const gsa = (fix: number, hdop = '0.9') => sentence(`GPGSA,A,${fix},04,05,09,12,,,,,,,,,1.6,${hdop},1.3`);
/** Ends the moment before it. */
const NEXT = gga({ time: '235959', quality: '0' });

/** What came of lines, a second apart. */
function hear(language: GnssLanguage, lines: readonly string[], secondsApart = 1) {
  let state = NOTHING_HEARD;
  return lines.flatMap((line, i) => {
    const steadyMs = i * secondsApart * 1000;
    const [next, said] = gnssHeard(state, language, { line, steadyMs, wallMs: NOW_MS + steadyMs }, RULES);
    state = next;
    return said ? [said] : [];
  });
}
const words = (...lines: readonly string[]) => hear('nmea', lines).map(({ what }) => what);
const tpv = (more: object = {}) =>
  JSON.stringify({
    class: 'TPV',
    device: '/dev/x',
    mode: 3,
    time: '2026-11-26T12:00:00.000Z',
    lat: 50.85,
    lon: 4.35,
    ...more,
  });
const SKY = JSON.stringify({ class: 'SKY', hdop: 0.8, uSat: 9, satellites: [] });

suite('a receiver that speaks NMEA', (test) => {
  test('a moment in several sentences is one fix, at the time of the board', () => {
    const [said] = hear('nmea', [rmc(), gga(), gsa(3), NEXT]);
    const fix = { lat: 50.8503, lng: 4.351_7, accuracy: 9, hdop: 0.9, satellites: 8, at: '2026-11-26T12:00:03.000Z' };
    assert.deepEqual(said, { what: 'a fix', fix });
  });

  const refused: readonly (readonly [why: string, lines: readonly string[], what: string])[] = [
    ['quality 0', [gga({ quality: '0' })], 'no fix'],
    ['status V beside a GGA that vouches', [gga(), rmc({ status: 'V' })], 'no fix'],
    ['a GSA without fix', [gga(), gsa(1)], 'no fix'],
    ['mode N', [gga(), rmc({ mode: 'N' })], 'no fix'],
    ['estimated', [gga({ quality: '6' })], 'a place that is estimated or simulated'],
    ['set by hand', [gga({ quality: '7' })], 'a place that is estimated or simulated'],
    ['simulated', [gga(), rmc({ mode: 'S' })], 'a place that is estimated or simulated'],
    ['0, 0', [gga({ lat: '0000.000,N', lng: '00000.000,E' })], 'a place at 0, 0'],
    ['500 m from 0, 0', [gga({ lat: '0000.200,S', lng: '00000.200,W' })], 'a place at 0, 0'],
    ['HDOP 10.1', [gga({ hdop: '10.1' })], 'a place of HDOP above 10'],
    ['HDOP 0', [gga({ hdop: '0' })], 'a place without dilution'],
    ['no HDOP', [gga({ hdop: '' })], 'a place without dilution'],
    ['no time', [gga({ time: '' }), gga()], 'no fix'],
  ];
  for (const [why, lines, what] of refused)
    test(`${why}: ${what}`, () => {
      const said = hear('nmea', [...lines, NEXT]);
      assert.deepEqual([said[0]?.what, said[0]?.fix], [what, undefined]);
    });

  test('a wrong checksum, none, and noise are not believed, and do not end the moment', () => {
    const wrong = gga({ lat: '4000.000,N' }).replace(/..$/, '00');
    const none = gga({ lat: '4000.000,N' }).replace(/\*..$/, '');
    const said = hear('nmea', [gga(), wrong, none, 'ÿÿ', NEXT]);
    assert.deepEqual(
      said.map(({ what }) => what),
      ['a wrong checksum', 'a sentence without checksum', 'no sentence of NMEA', 'a fix'],
    );
    assert.equal(said.at(-1)?.fix?.lat, 50.8503);
  });

  test('the place of a receiver whose week rolled over counts, its time does not', () => {
    const [said] = hear('nmea', [gga(), rmc({ date: '120407' }), NEXT]); // 12 April 2007: 1024 weeks before
    assert.equal(said?.what, 'a fix (its date is 1024 weeks behind)');
    assert.equal(said?.fix?.at, '2026-11-26T12:00:02.000Z');
    const behind = (weeks: number) => weeksBehind(NOW_MS - weeks * WEEK_MS, NOW_MS);
    assert.deepEqual([0, 1, 1024, 2048, 1023, -1024].map(behind), [0, 0, 1024, 2048, 0, 0]);
    assert.equal(weeksBehind(undefined, NOW_MS), 0);
  });

  test('a jump is not believed, until the receiver has kept to it for a minute', () => {
    const at = (i: number, lat: string) => gga({ time: `12${String(10 + i)}00`, lat });
    const jumped = [at(0, '5051.018,N'), at(1, '4851.000,N'), at(2, '5051.018,N'), NEXT];
    assert.deepEqual(words(...jumped), ['a fix', 'a place that cannot be reached as fast', 'a fix']);
    const lines = [at(0, '5051.018,N'), ...Array.from({ length: 9 }, (_, i) => at(i + 1, '4851.000,N')), NEXT];
    const said = hear('nmea', lines, 15).map(({ what }) => what);
    assert.deepEqual([said[0], said[1], said.at(-1), said.indexOf('a fix', 1)], ['a fix', said[1], 'a fix', 5]);
    assert.equal(said[1], 'a place that cannot be reached as fast');
  });

  test('driving is no jump', () => {
    const lines = Array.from({ length: 30 }, (_, i) => {
      const time = `1201${String(i).padStart(2, '0')}`;
      return gga({ time, lat: `50${(51 + i * 0.03).toFixed(3).padStart(6, '0')},N` }); // 55 m a second
    });
    assert.deepEqual([...new Set(words(...lines, NEXT))], ['a fix']);
  });

  test('the dilution of a GSA serves a receiver whose places come in RMC', () => {
    assert.deepEqual(hear('nmea', [rmc(), gsa(3, '1.2'), rmc({ time: '120001' })])[0]?.fix?.accuracy, 12);
  });
});

suite('a receiver behind gpsd', (test) => {
  test('its own estimate of the error is taken, HDOP and satellites are told beside', () => {
    const [said] = hear('gpsd', ['{"class":"VERSION","release":"3.22"}', SKY, tpv({ eph: 14.2 })]);
    const fix = { lat: 50.85, lng: 4.35, accuracy: 15, hdop: 0.8, satellites: 9, at: '2026-11-26T12:00:02.000Z' };
    assert.deepEqual(said, { what: 'a fix', fix });
    assert.equal(hear('gpsd', [SKY, tpv()])[0]?.fix?.accuracy, 8);
  });

  const table: readonly (readonly [why: string, lines: readonly string[], what: string])[] = [
    ['mode 1', [SKY, tpv({ mode: 1 })], 'no fix'],
    ['mode 0 without a place', [JSON.stringify({ class: 'TPV', mode: 0 })], 'no fix'],
    ['dead reckoning', [SKY, tpv({ status: 5 })], 'a place that is estimated or simulated'],
    ['simulated', [SKY, tpv({ status: 8 })], 'a place that is estimated or simulated'],
    ['99 degrees', [SKY, tpv({ lat: 99 })], 'a place that is none'],
    ['0, 0', [SKY, tpv({ lat: 0, lon: 0 })], 'a place at 0, 0'],
    ['an error of 101 m', [tpv({ eph: 101 })], 'a place of HDOP above 10'],
    [
      'HDOP 12 and an error it plays down',
      [JSON.stringify({ class: 'SKY', hdop: 12 }), tpv({ eph: 5 })],
      'a place of HDOP above 10',
    ],
    ['neither error nor HDOP', [tpv()], 'a place without dilution'],
    ['no receiver', ['{"class":"DEVICES","devices":[]}'], 'gpsd has no receiver'],
    ['not JSON', ['$GPGGA'], 'no report of gpsd'],
    ['a latitude in letters', [tpv({ lat: 'x' })], 'no report of gpsd'],
    ['a date 2048 weeks behind', [SKY, tpv({ time: '1987-08-27T12:00:00Z' })], 'a fix (its date is 2048 weeks behind)'],
  ];
  for (const [why, lines, what] of table)
    test(`${why}: ${what}`, () => assert.equal(hear('gpsd', lines).at(-1)?.what, what));

  test('a report of satellites without dilution keeps the one before', () => {
    assert.equal(hear('gpsd', [SKY, '{"class":"SKY","satellites":[]}', tpv()]).at(-1)?.fix?.hdop, 0.8);
  });
});
