import { readerSuite } from '../testing/reader-suite.ts';
import {
  ACCOUNT,
  BAD_KEYS,
  BAD_PEMS,
  BAD_TIMES,
  BAD_URLS,
  DEVICE,
  GOOD_TIMES,
  JWK,
  JWS,
  PEM,
  PREFIX,
} from '../testing/samples.ts';
import { readDirectory, readGrant, readPendingAnswer, readProblem, readRegistrationRequest } from './registration.ts';

const BAD_JWS = [
  { ...JWS, payload: 'e30=' },
  { ...JWS, header: {} },
  { ...JWS, signature: 'A'.repeat(87) },
  { ...JWS, protected: 'A'.repeat(4097) },
  { ...JWS, payload: 'e 30' },
];
const account = { id: ACCOUNT, name: 'Acme' };
const BAD_ACCOUNT_IDS = ['', DEVICE, `${ACCOUNT}a`, ACCOUNT.toUpperCase()];

readerSuite('registration request', {
  read: readRegistrationRequest,
  code: 'BAD_REQUEST',
  good: {
    requestId: 'AAAAAAAAAAAAAAAAAAAAAA',
    device: {
      serial: '1524-0071-21',
      model: 'Flexy 202',
      firmware: '14.6s0',
      agent: '0.1.0',
      macs: ['00:03:27:aa:bb:cc'],
    },
    note: 'line 4, press "A"',
    csr: '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n',
    grkBinding: JWS,
    evidence: { slot: 'sd0', t2mSha256: 'a'.repeat(64), manifest: JWS },
  },
  optional: ['evidence.manifest'],
  alsoGood: { note: ['', 'x'.repeat(140)], 'device.macs': [[]], 'device.model': [''] },
  broken: {
    requestId: ['', 'A'.repeat(21), 'A'.repeat(23), `${'A'.repeat(21)}=`, `${'A'.repeat(21)}/`],
    'device.serial': ['', '1524-0071-2', '1524-0071-21 '],
    'device.model': ['x'.repeat(65)],
    'device.firmware': ['x'.repeat(65)],
    'device.agent': ['', 'x'.repeat(65)],
    'device.macs': [['00:03:27:AA:BB:CC'], ['00-03-27-aa-bb-cc'], [''], [1], new Array(17).fill('00:03:27:aa:bb:cc')],
    note: ['x'.repeat(141), 'Süd', 'a\nb', '\x1b[31m', '\u202eabc', 'a\0', '\x7f'],
    csr: ['', PEM, `-----BEGIN CERTIFICATE REQUEST-----${'A'.repeat(4096)}`],
    grkBinding: BAD_JWS,
    'evidence.slot': ['', 'SD0', '../x'],
    'evidence.t2mSha256': ['', 'A'.repeat(64), 'a'.repeat(63)],
    'evidence.manifest': BAD_JWS,
  },
});

readerSuite('grant', {
  read: readGrant,
  code: 'ACCOUNT_ERROR',
  good: {
    status: 'approved',
    deviceId: DEVICE,
    account,
    name: 'press-4',
    pool: 'Default',
    customFields: ['a', '', 'ü'],
    certificate: PEM,
    ca: PEM,
    accountKeys: [JWK],
    mqtt: { urls: ['mqtts://broker.test:8883'], topicPrefix: PREFIX },
  },
  open: ['', 'mqtt'],
  alsoGood: { status: ['replaced'], 'mqtt.urls': [['mqtts://a.test', 'wss://b.test:1/mqtt']] },
  broken: {
    status: ['', 'pending', 'rejected'],
    deviceId: ['', ACCOUNT, `${DEVICE}\n`, `${DEVICE}/#`],
    'account.id': BAD_ACCOUNT_IDS,
    'account.name': ['x'.repeat(101)],
    name: ['x'.repeat(101)],
    pool: ['x'.repeat(101)],
    customFields: [[], ['a', 'b'], ['a', 'b', 'c', 'd'], ['a', 'b', 1], ['a', 'b', 'x'.repeat(256)]],
    certificate: BAD_PEMS,
    ca: BAD_PEMS,
    accountKeys: [[], new Array(9).fill(JWK), ...BAD_KEYS.map((key) => [key])],
    'mqtt.urls': [
      [],
      ['mqtt://a.test'],
      ['ws://a.test'],
      ['mqtts://'],
      ['mqtts://a b'],
      ['ws://a.test'],
      new Array(9).fill('mqtts://a.test'),
    ],
    'mqtt.topicPrefix': ['', '#', `${PREFIX}/`, `${PREFIX}/up`, `ewon/v2/${ACCOUNT}/${DEVICE}`, `ewon/v1/+/${DEVICE}`],
  },
});

readerSuite('pending answer', {
  read: readPendingAnswer,
  code: 'ACCOUNT_ERROR',
  good: { status: 'pending', code: 'REGISTRATION_PENDING', account },
  open: [''],
  alsoGood: { code: ['REPLACE_PROPOSED'] },
  broken: {
    status: ['approved', ''],
    code: ['REGISTERED', '', 'GRK_UNKNOWN'],
    'account.id': BAD_ACCOUNT_IDS,
    'account.name': ['x'.repeat(101)],
  },
});

const url = (name: string) => `https://account.test/device/v1/${name}`;
readerSuite('directory', {
  read: readDirectory,
  code: 'ACCOUNT_ERROR',
  good: {
    nonce: url('nonce'),
    registrations: url('registrations'),
    unlink: url('unlink'),
    time: '2026-03-01T12:00:00.000Z',
    account: { accountKeys: [JWK] },
    ca: PEM,
  },
  open: ['', 'account'],
  alsoGood: { time: GOOD_TIMES },
  broken: {
    nonce: BAD_URLS,
    registrations: BAD_URLS,
    unlink: BAD_URLS,
    time: BAD_TIMES,
    'account.accountKeys': [[], ...BAD_KEYS.map((key) => [key])],
    ca: BAD_PEMS,
  },
});

readerSuite('problem', {
  read: readProblem,
  code: 'ACCOUNT_ERROR',
  good: { type: 'about:blank', title: 'no', status: 403, code: 'GRK_REVOKED', detail: 'renewed' },
  optional: ['detail'],
  open: [''],
  alsoGood: { code: ['A_CODE_OF_A_NEWER_ACCOUNT'] },
  broken: {
    status: ['403', 403.5],
    code: ['X'.repeat(65)],
    title: ['x'.repeat(256)],
    type: ['x'.repeat(256)],
    detail: ['x'.repeat(1001)],
  },
});
