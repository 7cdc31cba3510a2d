import { jsonReader, toUtf8 } from '@ewon-agent/contracts';
import { type GnssReport, NO_FIX, NOT_MEASURED } from './gnss-report.ts';

// What gpsd says to who watches it: a JSON object a line. TPV is a place, SKY the satellites it was found by. Source: gpsd_json(5), 3.22.

/** What makes gpsd tell what its receivers say, from now on. */
export const GPSD_WATCH = '?WATCH={"enable":true,"json":true}\n';

/** What the satellites were last. */
export type GpsdSky = { readonly hdop?: number; readonly satellites?: number };

/** Takes a line. What is neither place nor satellites is let pass. */
export function gpsdHeard(sky: GpsdSky, line: string): readonly [GpsdSky, GnssReport | undefined] {
  const read = readReport(toUtf8(line));
  if (!read.ok) return [sky, { none: 'no report of gpsd' }];
  const report = read.value;
  switch (report.class) {
    case 'SKY':
      return [report.hdop === undefined && report.uSat === undefined ? sky : skyOf(report), undefined];
    case 'DEVICES':
      return [sky, report.devices?.length === 0 ? { none: 'gpsd has no receiver' } : undefined];
    case 'TPV':
      return [sky, placeIn(report, sky)];
    default:
      return [sky, undefined];
  }
}

type Report = {
  readonly class: string;
  readonly mode?: number;
  readonly status?: number;
  readonly lat?: number;
  readonly lon?: number;
  readonly eph?: number;
  readonly time?: string;
  readonly hdop?: number;
  readonly uSat?: number;
  readonly devices?: readonly unknown[];
};

/** `status` of TPV: 5 dead reckoning, 8 simulated. */
const NOT_MEASURED_STATUS = [5, 8];

function placeIn({ mode = 0, status = 0, lat, lon, eph, time }: Report, sky: GpsdSky): GnssReport {
  if (mode < 2 || lat === undefined || lon === undefined) return NO_FIX;
  if (NOT_MEASURED_STATUS.includes(status)) return NOT_MEASURED;
  const receiverMs = Date.parse(time ?? '');
  return {
    ...{ lat, lng: lon, ...sky },
    ...(eph !== undefined && { errorMetres: eph }),
    ...(!Number.isNaN(receiverMs) && { receiverMs }),
  };
}

function skyOf({ hdop, uSat }: Report): GpsdSky {
  return { ...(hdop !== undefined && { hdop }), ...(uSat !== undefined && { satellites: uSat }) };
}

const number = { type: 'number' };
const readReport = jsonReader<Report>({
  type: 'object',
  required: ['class'],
  properties: {
    class: { type: 'string', maxLength: 32 },
    ...{ mode: number, status: number, lat: number, lon: number, eph: number, hdop: number },
    uSat: { type: 'integer', minimum: 0 },
    time: { type: 'string', maxLength: 40 },
    devices: { type: 'array' },
  },
});
