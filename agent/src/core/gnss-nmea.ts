import { type NmeaSentence, placeOf, readNmea } from '@ewon-agent/firmware-bridge/core/nmea';
import { type GnssReport, NO_FIX, NOT_MEASURED } from './gnss-report.ts';

// A receiver that speaks NMEA 0183 says a moment in several sentences of the same time: GGA has the place and its dilution, RMC whether it
// holds and the day, GSA dilution and kind of fix. The moment is over when a sentence has another time; one that denies it counts
// more than any that vouches for it.

/** The moment that is being told. */
export type NmeaMoment = {
  readonly time?: string;
  readonly date?: string;
  readonly place?: { readonly lat: number; readonly lng: number };
  readonly hdop?: number;
  readonly satellites?: number;
  readonly denied?: { readonly none: string };
};

/** Takes a line. @returns the moment from now on, and the one that this line ended or what is wrong with the line itself */
export function nmeaHeard(moment: NmeaMoment, line: string): readonly [NmeaMoment, GnssReport | undefined] {
  const read = readNmea(line);
  if ('reason' in read)
    return [moment, { none: read.code === 'NMEA_CHECKSUM_BAD' ? 'a wrong checksum' : 'no sentence of NMEA' }];
  if (read.checksum === 'missing') return [moment, { none: 'a sentence without checksum' }];
  switch (read.type) {
    case 'GSA': {
      const denied = read.fix === 1 ? NO_FIX : undefined;
      return [{ ...moment, ...(read.hdop !== undefined && { hdop: read.hdop }), ...(denied && { denied }) }, undefined];
    }
    case 'RMC':
    case 'GGA':
    case 'GNS': {
      const isOver = read.time !== moment.time;
      const begun: NmeaMoment = isOver ? (read.time === undefined ? {} : { time: read.time }) : moment;
      const told = read.time === undefined ? NO_FIX : isOver ? reportOf(moment) : undefined;
      return [{ ...begun, ...factsOf(read, begun) }, told];
    }
    default:
      return [moment, undefined];
  }
}

type Placed = NmeaSentence & { readonly type: 'RMC' | 'GGA' | 'GNS' };

function factsOf(sentence: Placed, moment: NmeaMoment): Partial<NmeaMoment> {
  const place = placeOf(sentence);
  if (!place) return { denied: NO_FIX };
  if (!isMeasured(sentence)) return { denied: NOT_MEASURED };
  const isExact = sentence.type !== 'RMC'; // it has no dilution, and fewer digits with some receivers
  const at = { lat: place.latitude, lng: place.longitude };
  return {
    ...((isExact || !moment.place) && { place: at }),
    ...(sentence.type === 'RMC' && sentence.date !== undefined && { date: sentence.date }),
    ...(sentence.type !== 'RMC' && sentence.hdop !== undefined && { hdop: sentence.hdop }),
    ...(sentence.type !== 'RMC' && sentence.satellites !== undefined && { satellites: sentence.satellites }),
  };
}

/** Quality 6 estimated, 7 by hand, 8 simulated; modes E, M, S the same. */
function isMeasured(sentence: Placed): boolean {
  if (sentence.type === 'RMC') return !['E', 'M', 'S'].includes(sentence.mode ?? 'A');
  if (sentence.type === 'GGA') return (sentence.quality ?? 0) < 6;
  return /[^EMNS]/.test(sentence.modes ?? '');
}

function reportOf({ time, date, place, hdop, satellites, denied }: NmeaMoment): GnssReport | undefined {
  if (denied) return denied;
  if (!place || time === undefined) return undefined;
  const receiverMs = date === undefined ? Number.NaN : Date.parse(`${date}T${time}Z`);
  return {
    ...place,
    ...(hdop !== undefined && { hdop }),
    ...(satellites !== undefined && { satellites }),
    ...(!Number.isNaN(receiverMs) && { receiverMs }),
  };
}
