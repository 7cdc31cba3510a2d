import { assert, suite } from '@ewon-agent/contracts/testing';
import { dnsWord, socketWord } from './wan-probe-words.ts';
import { streamBytes } from './wan-spent.ts';

suite('words of a probe', (test) => {
  test('an error of a socket has a word, or is its own', () => {
    const codes = ['ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EMFILE'];
    assert.deepEqual(codes.map(socketWord), ['refused', 'reset', 'timeout', 'unreachable', 'no address', 'EMFILE']);
  });

  test('an error of a name server has a word, or is its own', () => {
    const codes = ['ETIMEOUT', 'ECANCELLED', 'ECONNREFUSED', 'ENODATA', 'ESERVFAIL'];
    assert.deepEqual(codes.map(dnsWord), ['timeout', 'timeout', 'refused', 'unknown name', 'ESERVFAIL']);
  });
});

suite('bytes of a probe', (test) => {
  test('a connection costs what it carried, and a segment with its acknowledgement for each piece of that', () => {
    assert.deepEqual([0, 1, 1360, 1361].map(streamBytes), [0, 133, 1492, 1625]);
  });
});
