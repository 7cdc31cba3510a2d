import { spawnSync } from 'node:child_process';
import { assert, findProgram, suite } from '@ewon-agent/contracts/testing';
import { casesOf } from '../testing/dice.ts';
import { ACCIDENTS, RECEIVERS, receiverStream, sentence } from '../testing/nmea-streams.ts';
import { placeOf, readNmea } from './nmea.ts';

// gpsd's decoder and ours hear the same receivers, with the same accidents on the line.

type Heard = { readonly accepted: readonly string[]; readonly places: ReadonlyMap<string, readonly [number, number]> };

/** What gpsdecode made of it: with --verbose it repeats each sentence that it takes. */
function gpsdecode(stream: string): Heard {
  const ran = spawnSync(findProgram('gpsdecode') ?? '', ['-j', '-v'], {
    input: Buffer.from(stream, 'latin1'),
    encoding: 'latin1',
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.equal(ran.status, 0, ran.stderr);
  const lines = ran.stdout.split(/[\r\n]+/).filter((line) => line !== '');
  const places = new Map<string, readonly [number, number]>();
  for (const line of lines) {
    if (!line.startsWith('{')) continue;
    const { time, lat, lon }: { time?: string; lat?: number; lon?: number } = JSON.parse(line);
    if (time !== undefined && lat !== undefined && lon !== undefined) places.set(time.slice(11, 19), [lat, lon]);
  }
  return { accepted: lines.filter((line) => line.startsWith('$')), places };
}

/** What we make of it. A sentence with a sound frame counts as taken, as it does for gpsdecode, whatever its fields hold. */
function ours(stream: string): Heard {
  const accepted: string[] = [];
  const places = new Map<string, readonly [number, number]>();
  for (const line of stream.split('\r\n').filter((text) => text !== '')) {
    const read = readNmea(line);
    const refused = 'reason' in read;
    if (!refused || read.code === 'NMEA_FIELD_BAD') accepted.push(line.slice(line.lastIndexOf('$')));
    const place = refused ? undefined : placeOf(read);
    if (place) places.set(place.time.slice(0, 8), [place.latitude, place.longitude]);
  }
  return { accepted, places };
}

suite('NMEA as gpsdecode hears it', { needs: ['gpsdecode'], timeoutMs: 60_000 }, (test) => {
  for (const receiver of RECEIVERS)
    test(`${receiver}: the same sentences are taken and refused, and the places are the same`, () => {
      const met = new Set<string>();
      let compared = 0;
      const runs = Math.min(casesOf(3), 100);
      for (let seed = 0; seed < runs; seed++) {
        const lines = receiverStream(receiver, seed, { seconds: 60, accidentOnceIn: 12 });
        for (const { accident } of lines) if (accident) met.add(accident);
        const stream = lines.map(({ text }) => `${text}\r\n`).join('');
        const [theirs, own] = [gpsdecode(stream), ours(stream)];
        assert.deepEqual(own.accepted, theirs.accepted, `seed ${seed}`);
        for (const [time, [lat, lon]] of theirs.places) {
          const place = own.places.get(time);
          assert.ok(place, `seed ${seed}: no place at ${time}`);
          assert.ok(
            Math.abs(place[0] - lat) < 1e-8 && Math.abs(place[1] - lon) < 1e-8,
            `seed ${seed}: ${time} ${place}`,
          );
          compared += 1;
        }
      }
      assert.deepEqual([...met].sort(), [...ACCIDENTS].sort(), 'every kind of accident happened');
      assert.ok(compared > runs * 20, `${compared} places compared`);
    });

  test('sentences at the edge are judged alike', () => {
    const edge = [
      ...[
        'GPRMC,,V,,,,,,,,,,N',
        'GPGGA,,,,,,0,00,99.99,,,,,,',
        'GNGSA,A,1,,,,,,,,,,,,,99.99,99.99,99.99',
        'GPGSV,1,1,00',
      ],
      ...['PUBX,00', 'GPTXT,01,01,02,x', 'GPGLL,4807.038,N,01131.000,E,123519,A,A'],
    ].map(sentence);
    const broken = ['$GPRMC,1*0', '$', '$*00', 'GPRMC,1*4A', '$GPGSV,1,1,00*78', '#GPGSV,1,1,00*79'];
    const stream = [...edge, ...broken, ...edge].map((line) => `${line}\r\n`).join('');
    assert.deepEqual(ours(stream).accepted, gpsdecode(stream).accepted);
  });

  test('where we differ: a checksum that is none is refused here, a talker that nobody knows there', () => {
    const stream = ['$GPRMC,1*GG', sentence('XXABC,1'), sentence('GPGSV,1,1,00')].map((line) => `${line}\r\n`).join('');
    assert.deepEqual(gpsdecode(stream).accepted, ['$GPRMC,1*GG', sentence('GPGSV,1,1,00')]);
    assert.deepEqual(ours(stream).accepted, [sentence('XXABC,1'), sentence('GPGSV,1,1,00')]);
  });
});
