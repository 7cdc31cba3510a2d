import { type LocationEvidence, ok, type Result, reader, sha256Hex, toUtf8 } from '@ewon-agent/contracts';
import type { ServiceAnswer, ServiceQuestion } from './locate.ts';

// What a service of the /v1/geolocate form is asked, and how its answer is read. Google, Mozilla (which ended its own) and
// BeaconDB take this form. Source: https://developers.google.com/maps/documentation/geolocation/requests-geolocation,
// https://ichnaea.readthedocs.io/en/latest/api/geolocate.html

/**
 * The body of a request. Nothing but what is heard around the device: no name, no fix, and never the address: the service
 * would take ours for that of the device.
 */
export type GeolocateRequest = Pick<LocationEvidence, 'considerIp' | 'wifiAccessPoints' | 'cellTowers'> & {
  readonly fallbacks: { readonly lacf: boolean; readonly ipf: false };
};

/** No service knows a street to less than this, whatever it says. */
const ACCURACY_MIN_M = 10;

/** The question about one kind of evidence. */
export function questionOf(kind: ServiceQuestion, evidence: LocationEvidence): GeolocateRequest {
  const { wifiAccessPoints = [], cellTowers = [], fallbacks } = evidence;
  const heard = kind === 'wifi' ? { wifiAccessPoints } : { cellTowers };
  return { considerIp: false, fallbacks: { lacf: fallbacks?.lacf ?? true, ipf: false }, ...heard };
}

/** Names a question: the same access points or cells, in any order and however strong, make the same one. */
export function askedKeyOf({ wifiAccessPoints = [], cellTowers = [], fallbacks }: GeolocateRequest): string {
  const cells = cellTowers.map((c) =>
    [c.radioType, c.mobileCountryCode, c.mobileNetworkCode, c.locationAreaCode, c.cellId].join('-'),
  );
  const heard = [...wifiAccessPoints.map((point) => point.macAddress), ...cells].toSorted();
  return sha256Hex(toUtf8([`lacf ${fallbacks.lacf}`, ...heard].join('\n')));
}

type Body = {
  readonly location: { readonly lat: number; readonly lng: number };
  readonly accuracy: number;
  readonly fallback?: string;
};
const readBody = reader<Body>(
  {
    type: 'object',
    required: ['location', 'accuracy'],
    properties: {
      location: {
        type: 'object',
        required: ['lat', 'lng'],
        properties: {
          lat: { type: 'number', minimum: -90, maximum: 90 },
          lng: { type: 'number', minimum: -180, maximum: 180 },
        },
      },
      accuracy: { type: 'number', minimum: 0, maximum: 2.1e7 },
      fallback: { type: 'string' },
    },
  },
  'GEOLOCATE_FAILED',
);

/**
 * Reads an answer with status 200. A fallback other than to the area of a cell is none: that is where this server is.
 * Codes: GEOLOCATE_FAILED.
 */
export function readAnswer(body: unknown): Result<ServiceAnswer> {
  const read = readBody(body);
  if (!read.ok) return read;
  const { location, accuracy, fallback } = read.value;
  if (fallback !== undefined && fallback !== 'lacf') return ok({ is: 'unknown' });
  const circle = { lat: location.lat, lng: location.lng, accuracy: Math.max(accuracy, ACCURACY_MIN_M) };
  return ok({ is: 'found', ...circle, ...(fallback && { fallback }) });
}
