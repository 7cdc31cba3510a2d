import type { Timestamp } from '../units.ts';
import { atLeast, count, listOf, text, timestamp } from './common.ts';

// What a device says of its way to the account, `up/wan` (docs/decisions/0033-wan.md). State words are those of mwan3, words of
// connectivity those of NetworkManager, because people at gateways know them.

export const WAN_KINDS = ['ethernet', 'wifi', 'cellular', 'none'] as const;
export type WanKind = (typeof WAN_KINDS)[number];
export const WAN_STATES = ['online', 'disconnecting', 'offline', 'connecting', 'disabled'] as const;
export type WanState = (typeof WAN_STATES)[number];
export const WAN_CONNECTIVITIES = ['full', 'limited', 'portal', 'none', 'unknown'] as const;
export type WanConnectivity = (typeof WAN_CONNECTIVITIES)[number];
/** Who knows something of a link. */
export const WAN_SOURCES = ['configuration', 'kernel', 'networkmanager', 'ewon', 'modem'] as const;
export type WanSource = (typeof WAN_SOURCES)[number];
/** How far a probe goes. `http` is the look for a captive portal. */
export const WAN_LAYERS = ['dns', 'tcp', 'tls', 'account', 'http'] as const;
export type WanLayer = (typeof WAN_LAYERS)[number];

/** One question to one layer, and how long its answer took. `error` is one of few words. */
export type WanProbe = {
  readonly target: string;
  readonly layer: WanLayer;
  readonly ms: number;
  readonly error?: string;
};
/** Where the device is in the network of an operator. `operator` is the PLMN; `signal` in dBm where it is negative. */
export type WanCell = {
  readonly operator?: string;
  readonly lac?: number;
  readonly cellId?: number;
  readonly technology?: string;
  readonly signal?: number;
};
export type WanChange = {
  readonly at: Timestamp;
  readonly link: WanKind;
  readonly interface?: string;
  readonly state: WanState;
  readonly connectivity: WanConnectivity;
  readonly cause: string;
};
/** What `up/wan` says beside its head. `cause` is a code of the list of codes. */
export type WanBody = {
  readonly link: WanKind;
  readonly interface?: string;
  readonly state: WanState;
  readonly connectivity: WanConnectivity;
  readonly since: Timestamp;
  readonly cause: string;
  readonly detail?: string;
  readonly ip?: string;
  readonly gateway?: string;
  readonly dns?: readonly string[];
  readonly cellular?: WanCell;
  /** Names of links; `ewon:KIND` (`ewon:cellular`) where it is the Ewon on this way that has fallen back. `returnsAt` where that is known. */
  readonly fallback?: {
    readonly primary: string;
    readonly active: string;
    readonly since: Timestamp;
    readonly returnsAt?: Timestamp;
  };
  readonly probes: readonly WanProbe[];
  readonly probeBytesThisMonth: number;
  readonly probeBytesMax: number;
  /** Who said each of the fields that several could know. */
  readonly sources: Readonly<Record<string, WanSource>>;
  /** Oldest first. */
  readonly history: readonly WanChange[];
};

/** So many changes are kept and told. */
export const WAN_HISTORY_MAX = 32;

const change = atLeast(
  {
    at: timestamp,
    link: { enum: WAN_KINDS },
    interface: text(64),
    state: { enum: WAN_STATES },
    connectivity: { enum: WAN_CONNECTIVITIES },
    cause: text(64, 1),
  },
  ['interface'],
);
const cell = { operator: text(16), lac: count, cellId: count, technology: text(16), signal: { type: 'number' } };

/** The members of `up/wan`, and those that may be missing. */
export const wanMembers = {
  link: { enum: WAN_KINDS },
  interface: text(64),
  state: { enum: WAN_STATES },
  connectivity: { enum: WAN_CONNECTIVITIES },
  since: timestamp,
  cause: text(64, 1),
  detail: text(300),
  ip: text(64),
  gateway: text(64),
  dns: listOf(text(64), 8),
  cellular: atLeast(cell, Object.keys(cell)),
  fallback: atLeast({ primary: text(64), active: text(64), since: timestamp, returnsAt: timestamp }, ['returnsAt']),
  probes: listOf(
    atLeast({ target: text(300), layer: { enum: WAN_LAYERS }, ms: { type: 'number', minimum: 0 }, error: text(64) }, [
      'error',
    ]),
    16,
  ),
  probeBytesThisMonth: count,
  probeBytesMax: count,
  sources: { type: 'object', maxProperties: 32, additionalProperties: { enum: WAN_SOURCES } },
  history: listOf(change, WAN_HISTORY_MAX),
} as const;
export const WAN_OPTIONAL = ['interface', 'detail', 'ip', 'gateway', 'dns', 'cellular', 'fallback'];
