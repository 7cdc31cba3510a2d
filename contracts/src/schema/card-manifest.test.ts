import { readerSuite } from '../testing/reader-suite.ts';
import { BAD_KEYS, BAD_PEMS, BAD_TIMES, BAD_URLS, GOOD_TIMES, JWK, PEM } from '../testing/samples.ts';
import { readCardManifest } from './card-manifest.ts';

readerSuite('card manifest', {
  read: readCardManifest,
  code: 'T2MJSON_BAD',
  good: {
    v: 1,
    accountUrl: 'https://account.test/device/v1/directory',
    accountCa: PEM,
    accountKey: JWK,
    grkId: '0123abcd',
    t2mSha256: 'a'.repeat(64),
    pool: 'Lyon',
    notBefore: '2026-03-01T12:00:00.000Z',
    notAfter: '2027-03-01T12:00:00Z',
    receipt: true,
    wipe: false,
  },
  optional: ['pool', 'notAfter'],
  alsoGood: {
    notBefore: GOOD_TIMES,
    pool: ['', 'ü'.repeat(100)],
    accountUrl: ['https://[::1]:8443/x'],
    accountCa: [PEM.replaceAll('\n', '\r\n')],
  },
  broken: {
    v: [0, 2, '1', 1.5],
    accountUrl: BAD_URLS,
    accountCa: BAD_PEMS,
    accountKey: BAD_KEYS,
    grkId: ['', '0123ABCD', '0123abc', '0123abcd0', '0123abcd\n'],
    t2mSha256: ['', 'a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64), 'g'.repeat(64)],
    pool: ['x'.repeat(101)],
    notBefore: BAD_TIMES,
    notAfter: BAD_TIMES,
    receipt: [0, 1, 'true'],
    wipe: [0, 1, 'false'],
  },
});
