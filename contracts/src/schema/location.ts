import type { Timestamp } from '../units.ts';
import { atLeast, count, listOf, matching, timestamp, yesOrNo } from './common.ts';

// What a device says of where it is, `up/location` (docs/decisions/0002-wire-v1.md §7): not a position but what one is found
// by, in the words of the `/v1/geolocate` request that Google and Mozilla made common, and a fix where a receiver has one.
// An account resolves it. A device that may be located no more takes back what it said: `withdrawn` instead of evidence.

export const RADIO_TYPES = ['gsm', 'wcdma', 'lte', 'nr'] as const;
export type RadioType = (typeof RADIO_TYPES)[number];

/** A cell of a network. `signalStrength` in dBm. */
export type CellTower = {
  readonly radioType: RadioType;
  readonly mobileCountryCode: number;
  readonly mobileNetworkCode: number;
  readonly locationAreaCode: number;
  readonly cellId: number;
  readonly signalStrength?: number;
};
/** An access point in reach; `macAddress` lower-case with colons, `signalStrength` in dBm. */
export type WifiAccessPoint = {
  readonly macAddress: string;
  readonly signalStrength?: number;
  readonly channel?: number;
};
/** A fix of a receiver: degrees of WGS 84, metres. `accuracy`: the place is within it in 95 of 100 cases. */
export type GnssFix = {
  readonly lat: number;
  readonly lng: number;
  readonly accuracy: number;
  readonly hdop?: number;
  readonly satellites?: number;
  /** When it was taken, by the clock of the board: that of a receiver may be weeks wrong. */
  readonly at: Timestamp;
};
/** What a place is found by. `considerIp`: the address that the account sees counts too. */
export type LocationEvidence = {
  readonly considerIp: boolean;
  readonly fallbacks?: { readonly lacf: boolean; readonly ipf: boolean };
  readonly cellTowers?: readonly CellTower[];
  /** At least two, or none: one alone would tell where its owner lives. */
  readonly wifiAccessPoints?: readonly WifiAccessPoint[];
  readonly gnss?: GnssFix;
};
/** Who does not allow it; see `ewon-agent policy`. */
export const LOCATION_OFF_BY = ['board', 'device', 'account', 'unknown'] as const;
export type LocationOffBy = (typeof LOCATION_OFF_BY)[number];
/** What `up/location` says beside its head: exactly one of the two. */
export type LocationBody =
  | { readonly evidence: LocationEvidence; readonly withdrawn?: never }
  | { readonly withdrawn: LocationOffBy; readonly evidence?: never };

/** So many are told, the strongest. */
export const CELLS_MAX = 8;
export const ACCESS_POINTS_MAX = 32;

const degrees = (most: number) => ({ type: 'number', minimum: -most, maximum: most });
const cell = atLeast(
  {
    radioType: { enum: RADIO_TYPES },
    mobileCountryCode: { ...count, maximum: 999 },
    mobileNetworkCode: { ...count, maximum: 999 },
    locationAreaCode: { ...count, maximum: 0xff_ff_ff },
    cellId: { ...count, maximum: 0xf_ff_ff_ff_ff },
    signalStrength: { type: 'number' },
  },
  ['signalStrength'],
);
const accessPoint = atLeast(
  { macAddress: matching('^([0-9a-f]{2}:){5}[0-9a-f]{2}$'), signalStrength: { type: 'number' }, channel: count },
  ['signalStrength', 'channel'],
);
const fix = atLeast(
  {
    lat: degrees(90),
    lng: degrees(180),
    accuracy: { type: 'number', minimum: 0 },
    hdop: { type: 'number', minimum: 0 },
    satellites: count,
    at: timestamp,
  },
  ['hdop', 'satellites'],
);
const evidence = atLeast(
  {
    considerIp: yesOrNo,
    fallbacks: atLeast({ lacf: yesOrNo, ipf: yesOrNo }),
    cellTowers: listOf(cell, CELLS_MAX, 1),
    wifiAccessPoints: listOf(accessPoint, ACCESS_POINTS_MAX, 2),
    gnss: fix,
  },
  ['fallbacks', 'cellTowers', 'wifiAccessPoints', 'gnss'],
);

/** The members of `up/location`: those of the one or of the other. */
export const locationMembers = [{ evidence }, { withdrawn: { enum: LOCATION_OFF_BY } }] as const;
