import { readerSuite } from '../testing/reader-suite.ts';
import { BAD_TIMES, GOOD_TIMES } from '../testing/samples.ts';
import { assert, suite } from '../testing/suite.ts';
import { UP_CHANNELS } from '../topics.ts';
import { readMessage } from './messages.ts';

const envelope = { v: 1, at: '2026-03-01T12:00:00.000Z', epoch: 'Zm9vYmFyYmF6', seq: 41 };
const brokenEnvelope = {
  v: [0, 2, '1'],
  at: BAD_TIMES,
  epoch: ['', 'x'.repeat(41)],
  seq: [-1, 1.5, '41', 2 ** 53, 1e300],
  historical: [false, 1, 'true'],
};
const common = {
  code: 'BAD_REQUEST',
  optional: ['historical'],
  open: [''],
  alsoGood: { at: GOOD_TIMES, seq: [0, Number.MAX_SAFE_INTEGER], epoch: ['x', 'x'.repeat(40)] },
} as const;
const numbers = [-1, 0.5, '1', Number.NaN];

suite('messages', (test) => {
  test('there is a reader for each channel, and for no other', () => {
    assert.deepEqual(Object.keys(readMessage).sort(), [...UP_CHANNELS].sort());
  });
});

readerSuite('message on up/status', {
  ...common,
  read: readMessage.status,
  good: { ...envelope, historical: true, state: 'online', agent: '0.1.0', bootId: 'b-1', bootCount: 3 },
  alsoGood: { ...common.alsoGood, state: ['offline'] },
  broken: {
    ...brokenEnvelope,
    state: ['', 'ONLINE', 'sleeping'],
    agent: ['x'.repeat(65)],
    bootId: ['x'.repeat(65)],
    bootCount: numbers,
  },
});

readerSuite('message on up/inventory', {
  ...common,
  read: readMessage.inventory,
  good: {
    ...envelope,
    historical: true,
    serial: '1524-0071-21',
    model: 'Flexy 202',
    firmware: '14.6s0',
    agent: '0.1.0',
    slots: ['sd0', 'usb1'],
  },
  alsoGood: { ...common.alsoGood, slots: [[]] },
  broken: {
    ...brokenEnvelope,
    serial: ['', '1524-0071-2', '1524-0071-21\n'],
    model: ['x'.repeat(65)],
    firmware: ['x'.repeat(65)],
    agent: ['x'.repeat(65)],
    slots: [['SD0'], ['sd0', 1], [''], new Array(17).fill('sd0')],
  },
});

readerSuite('message on up/health', {
  ...common,
  read: readMessage.health,
  good: {
    ...envelope,
    historical: true,
    rssBytes: 80_000_000,
    cpuMs: 1200,
    eventLoopLagMs: 0.3,
    uptimeMs: 60_000,
    queued: 0,
  },
  broken: {
    ...brokenEnvelope,
    rssBytes: numbers,
    cpuMs: numbers,
    eventLoopLagMs: [-0.1, '0', Number.NaN],
    uptimeMs: numbers,
    queued: numbers,
  },
});

readerSuite('message on up/event', {
  ...common,
  read: readMessage.event,
  good: { ...envelope, historical: true, code: 'CARD_GONE', severity: 'warn', text: 'pulled' },
  alsoGood: { ...common.alsoGood, code: ['A_CODE_OF_A_NEWER_AGENT'], text: ['', '\x1b[31m'] },
  broken: {
    ...brokenEnvelope,
    code: ['', 'X'.repeat(65)],
    severity: ['fatal', '', 'WARN'],
    text: ['x'.repeat(501)],
  },
});

const change = {
  at: '2026-03-01T11:00:00.000Z',
  link: 'ethernet',
  state: 'offline',
  connectivity: 'none',
  cause: 'WAN_LINK_DOWN',
};
readerSuite('message on up/wan', {
  ...common,
  read: readMessage.wan,
  good: {
    ...{ ...envelope, historical: true, link: 'cellular', interface: 'wwan0', state: 'online', connectivity: 'full' },
    ...{ since: '2026-03-01T12:00:00.000Z', cause: 'WAN_ONLINE', detail: 'x', ip: '10.64.3.9', gateway: '10.64.3.1' },
    dns: ['10.64.3.1'],
    cellular: { operator: '20601', lac: 6699, cellId: 27447297, technology: 'LTE', signal: -81 },
    fallback: { primary: 'eth0', active: 'wwan0', since: '2026-03-01T12:00:00.000Z' },
    probes: [{ target: 'account.example', layer: 'dns', ms: 12, error: 'timeout' }],
    ...{ probeBytesThisMonth: 4000, probeBytesMax: 1_000_000, sources: { ip: 'kernel' }, history: [change] },
  },
  optional: [
    ...[...common.optional, 'interface', 'detail', 'ip', 'gateway', 'dns', 'cellular', 'fallback', 'sources.ip'],
    ...['cellular.operator', 'cellular.lac', 'cellular.cellId', 'cellular.technology', 'cellular.signal'],
  ],
  open: ['', 'cellular', 'fallback'],
  alsoGood: {
    ...common.alsoGood,
    link: ['none'],
    state: ['disabled'],
    connectivity: ['portal'],
    history: [[]],
    probes: [[]],
  },
  broken: {
    ...brokenEnvelope,
    link: ['', 'lte'],
    state: ['', 'ONLINE'],
    connectivity: ['good'],
    since: BAD_TIMES,
    cause: ['', 'x'.repeat(65)],
    ip: ['x'.repeat(65)],
    dns: [new Array(9).fill('1.1.1.1')],
    probes: [[{ target: 'x', layer: 'icmp', ms: 1 }], [{ target: 'x', layer: 'tcp', ms: -1 }]],
    probeBytesThisMonth: numbers,
    'sources.ip': ['oracle'],
    history: [[{ ...change, at: 'yesterday' }], new Array(33).fill(change)],
  },
});

const cellTower = {
  ...{ radioType: 'lte', mobileCountryCode: 206, mobileNetworkCode: 1, locationAreaCode: 6699, cellId: 27447297 },
  signalStrength: -81,
};
const accessPoint = { macAddress: '02:00:5e:10:00:01', signalStrength: -60, channel: 11 };
const gnss = { lat: 50.62, lng: 4.33, accuracy: 12, hdop: 1.1, satellites: 9, at: '2026-03-01T12:00:00.000Z' };
readerSuite('message on up/location', {
  ...common,
  read: readMessage.location,
  good: {
    ...envelope,
    historical: true,
    evidence: {
      ...{ considerIp: true, fallbacks: { lacf: true, ipf: true }, cellTowers: [cellTower] },
      ...{ wifiAccessPoints: [accessPoint, { macAddress: '02:00:5e:10:00:02' }], gnss },
    },
  },
  optional: [
    ...[...common.optional, 'evidence.fallbacks', 'evidence.cellTowers', 'evidence.wifiAccessPoints', 'evidence.gnss'],
    ...['evidence.gnss.hdop', 'evidence.gnss.satellites'],
  ],
  open: ['', 'evidence', 'evidence.fallbacks', 'evidence.gnss'],
  broken: {
    ...brokenEnvelope,
    withdrawn: ['board'], // beside evidence it says two things
    'evidence.considerIp': ['yes'],
    'evidence.cellTowers': [[], [{ ...cellTower, radioType: 'pigeon' }], [{ ...cellTower, mobileCountryCode: 1000 }]],
    'evidence.wifiAccessPoints': [[accessPoint], [accessPoint, { macAddress: '02-00-5E-10-00-01' }]],
    'evidence.gnss.lat': [90.1, -91, '50'],
    'evidence.gnss.lng': [180.1, -181],
    'evidence.gnss.accuracy': [-1],
    'evidence.gnss.at': BAD_TIMES,
  },
});
readerSuite('message on up/location that takes back', {
  ...common,
  read: readMessage.location,
  good: { ...envelope, historical: true, withdrawn: 'account' },
  alsoGood: { ...common.alsoGood, withdrawn: ['board', 'device', 'unknown'] },
  broken: { ...brokenEnvelope, withdrawn: ['', 'nobody', true] },
});

const held = {
  root: 2,
  timestamp: 31,
  snapshot: 7,
  targets: 7,
  expiresAt: '2026-03-02T12:00:00.000Z',
  refreshedAt: '2026-03-01T12:00:00.000Z',
};
readerSuite('message on up/patch', {
  ...common,
  optional: ['historical', 'reason', 'detail', 'patch', 'received', 'firmware', 'repository'],
  open: ['', 'patch', 'repository'],
  read: readMessage.patch,
  good: {
    ...envelope,
    historical: true,
    state: 'waiting',
    reason: 'PATCH_WINDOW_CLOSED',
    detail: 'sat 02:00-04:00 UTC',
    patch: { path: 'er15_0s4p21_ma.edfs', sha256: 'ab'.repeat(32), kind: 'ewon-firmware', version: '15.0s4' },
    received: 33_554_432,
    agent: '0.1.0',
    firmware: '15.0s2',
    repository: held,
  },
  alsoGood: { ...common.alsoGood, state: ['idle', 'downloading', 'installing', 'installed', 'failed'] },
  broken: {
    ...brokenEnvelope,
    state: ['', 'IDLE', 'pending'],
    reason: ['', 'x'.repeat(65)],
    detail: ['x'.repeat(501)],
    patch: [null, {}, { path: '../x', sha256: 'ab'.repeat(32), kind: 'agent', version: '1.0.0' }],
    received: numbers,
    agent: ['x'.repeat(65)],
    firmware: ['x'.repeat(65)],
    repository: [null, {}, { ...held, root: -1 }, { ...held, expiresAt: 'soon' }],
  },
});
