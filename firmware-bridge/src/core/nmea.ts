import { calendarDay, type FieldReader, fieldReader } from './nmea-fields.ts';
import { type NmeaFrame, readFrame } from './nmea-frame.ts';
import type { LineFault } from './text-file.ts';
import { withoutEmpty } from './without-empty.ts';

// The sentences of NMEA 0183 that a location needs. Everything in them may be empty: a receiver that knows nothing yet writes commas. A member that is
// missing here was empty there; no value is made up, least of all a position of 0, 0.

/** Degrees with south and west negative; knots and metres as the sentence has them; times are UTC without a day. */
export type NmeaSentence = Pick<NmeaFrame, 'talker' | 'checksum'> & NmeaContent;
export type NmeaContent =
  | (Place & {
      readonly type: 'RMC';
      readonly status?: 'A' | 'V';
      readonly date?: string;
      readonly speedKnots?: number;
      readonly courseDegrees?: number;
      readonly mode?: string;
    })
  | (Place & {
      readonly type: 'GGA';
      readonly quality?: number;
      readonly satellites?: number;
      readonly hdop?: number;
      readonly altitudeMetres?: number;
      readonly geoidMetres?: number;
    })
  | (Place & {
      readonly type: 'GNS';
      /** One letter for each system: N no fix, A autonomous, D differential, R RTK, F float, E estimated … */
      readonly modes?: string;
      readonly satellites?: number;
      readonly hdop?: number;
      readonly altitudeMetres?: number;
      readonly geoidMetres?: number;
    })
  | {
      readonly type: 'GSA';
      readonly selection?: 'A' | 'M';
      /** 1 none, 2 two dimensions, 3 three. */
      readonly fix?: number;
      readonly satellites: readonly number[];
      readonly pdop?: number;
      readonly hdop?: number;
      readonly vdop?: number;
    }
  | {
      readonly type: 'GSV';
      readonly of?: number;
      readonly part?: number;
      readonly inView?: number;
      readonly satellites: readonly SatelliteInView[];
    }
  | {
      readonly type: 'VTG';
      readonly courseDegrees?: number;
      readonly speedKnots?: number;
      readonly speedKmh?: number;
      readonly mode?: string;
    }
  | { readonly type: 'ZDA'; readonly time?: string; readonly date?: string }
  | { readonly type: 'other'; readonly name: string };
type Place = { readonly time?: string; readonly latitude?: number; readonly longitude?: number };
export type SatelliteInView = {
  readonly id?: number;
  readonly elevationDegrees?: number;
  readonly azimuthDegrees?: number;
  readonly snrDb?: number;
};

/**
 * Reads a line of a receiver. A sentence nobody here needs is `other`.
 * Codes: NMEA_SENTENCE_BAD, NMEA_CHECKSUM_BAD, NMEA_FIELD_BAD.
 */
export function readNmea(line: string): NmeaSentence | LineFault {
  const frame = readFrame(line);
  if ('reason' in frame) return frame;
  const { talker, type, fields, checksum } = frame;
  const read = talker === 'P' ? undefined : READERS[type];
  if (!read) return { talker, checksum, type: 'other', name: type };
  const reader = fieldReader(fields);
  const content = read(reader, fields);
  const wrong =
    reader.wrong() ?? (fields.length < (FEWEST_FIELDS[type] ?? 0) ? `only ${fields.length} fields` : undefined);
  return wrong
    ? { code: 'NMEA_FIELD_BAD', reason: `${type}, ${wrong}` }
    : { talker, checksum, ...withoutEmpty(content) };
}

/** The place that a sentence vouches for. @returns undefined where it has none, or says itself that it is not valid */
export function placeOf(sentence: NmeaSentence): { time: string; latitude: number; longitude: number } | undefined {
  if (sentence.type !== 'RMC' && sentence.type !== 'GGA' && sentence.type !== 'GNS') return undefined;
  const { time, latitude, longitude } = sentence;
  if (time === undefined || latitude === undefined || longitude === undefined || !isFix(sentence)) return undefined;
  return { time, latitude, longitude };
}

function isFix(sentence: NmeaSentence): boolean {
  if (sentence.type === 'RMC') return sentence.status === 'A' && sentence.mode !== 'N';
  if (sentence.type === 'GGA') return (sentence.quality ?? 0) > 0;
  return sentence.type === 'GNS' && /[^N]/.test(sentence.modes ?? '');
}

/** What stands at the end was added over time; fewer than these no version has. */
const FEWEST_FIELDS: Readonly<Record<string, number>> = { RMC: 9, GGA: 9, GNS: 9, GSA: 17, GSV: 3, VTG: 8, ZDA: 4 };

const READERS: Readonly<Record<string, (reader: FieldReader, fields: readonly string[]) => NmeaContent>> = {
  RMC: (r) => ({
    type: 'RMC',
    ...place(r, 0, 2),
    status: r.word(1, 'A', 'V'),
    speedKnots: r.number(6, 0),
    courseDegrees: r.number(7, 0, 360),
    date: r.date(8),
    mode: r.word(11, ...MODES),
  }),
  GGA: (r) => ({
    type: 'GGA',
    ...place(r, 0, 1),
    quality: r.whole(5, 0, 9),
    satellites: r.whole(6, 0, 99),
    hdop: r.number(7, 0),
    altitudeMetres: r.number(8),
    geoidMetres: r.number(10),
  }),
  GNS: (r, fields) => ({
    type: 'GNS',
    ...place(r, 0, 1),
    modes: r.word(5, /^[ADEFMNPRS]{1,8}$/.test(fields[5] ?? '') ? (fields[5] ?? '') : ''),
    satellites: r.whole(6, 0, 99),
    hdop: r.number(7, 0),
    altitudeMetres: r.number(8),
    geoidMetres: r.number(9),
  }),
  GSA: (r) => ({
    type: 'GSA',
    selection: r.word(0, 'A', 'M'),
    fix: r.whole(1, 1, 3),
    satellites: Array.from({ length: 12 }, (_, i) => r.whole(2 + i, 0, 999)).filter((id) => id !== undefined),
    pdop: r.number(14, 0),
    hdop: r.number(15, 0),
    vdop: r.number(16, 0),
  }),
  GSV: (r, fields) => ({
    type: 'GSV',
    of: r.whole(0, 1, 99),
    part: r.whole(1, 1, 99),
    inView: r.whole(2, 0, 999),
    // four values a satellite, at most four satellites; a single value at the end is the signal
    satellites: Array.from({ length: Math.min(4, Math.floor((fields.length - 3) / 4)) }, (_, i) => ({
      id: r.whole(3 + i * 4, 0, 999),
      elevationDegrees: r.number(4 + i * 4, -90, 90),
      azimuthDegrees: r.number(5 + i * 4, 0, 360),
      snrDb: r.number(6 + i * 4, 0, 99),
    })).map(withoutEmpty),
  }),
  VTG: (r) => ({
    type: 'VTG',
    courseDegrees: r.number(0, 0, 360),
    speedKnots: r.number(4, 0),
    speedKmh: r.number(6, 0),
    mode: r.word(8, ...MODES),
  }),
  ZDA: (r) => {
    const [day, month, year] = [r.whole(1, 1, 31), r.whole(2, 1, 12), r.whole(3, 1980, 9999)];
    const two = (number: number) => String(number).padStart(2, '0');
    const known = day !== undefined && month !== undefined && year !== undefined;
    return { type: 'ZDA', time: r.time(0), date: known ? calendarDay(`${year}-${two(month)}-${two(day)}`) : undefined };
  },
};

const MODES = ['A', 'D', 'E', 'F', 'M', 'N', 'P', 'R', 'S'];

function place(r: FieldReader, time: number, latitude: number) {
  return { time: r.time(time), latitude: r.degrees(latitude, 'NS'), longitude: r.degrees(latitude + 2, 'EW') };
}
