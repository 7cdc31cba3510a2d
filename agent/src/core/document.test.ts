import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { grant, LOCATION, link, savedRequest } from '../testing/fixtures.ts';
import { documentOf, readDocument } from './document.ts';
import type { Registration } from './registration.ts';

const request = savedRequest();
const STATES: readonly Registration[] = [
  { at: 'unregistered' },
  { at: 'unregistered', last: { code: 'REJECTED', detail: 'x', atMs: 1 } },
  { at: 'requesting', request, attempt: 0 },
  { at: 'pending', request, location: LOCATION, account: grant().account, code: 'REGISTRATION_PENDING', attempt: 0 },
  { at: 'registered', link: link() },
  { at: 'registered', link: { ...link(), next: { certificate: 'NEW' } } },
  { at: 'forgetting', link: link(), attempt: 0 },
  { at: 'forgetting', link: link(), attempt: 0, move: savedRequest(2) },
];

suite('saved document', (test) => {
  test('what was saved is what is read', () => {
    for (const registration of STATES) {
      const { bootCount, registration: read } = assertOk(readDocument(documentOf({ bootCount: 7, registration })));
      assert.deepEqual([bootCount, read], [7, registration]);
    }
  });
  test('nothing saved is a first start', () => {
    assert.deepEqual(assertOk(readDocument(undefined)), { bootCount: 0, registration: { at: 'unregistered' } });
  });
  test('failed attempts change nothing that is saved, so they cost no write', () => {
    const trouble = { code: 'ACCOUNT_UNREACHABLE', detail: '' } as const;
    for (const registration of STATES) {
      if (!('attempt' in registration)) continue;
      const tried: Registration = { ...registration, attempt: 9, trouble };
      assert.equal(documentOf({ bootCount: 1, registration: tried }), documentOf({ bootCount: 1, registration }));
    }
  });
  test('a text that is not ours is refused with a code', () => {
    for (const text of [
      '',
      '{',
      'null',
      '{"v":2,"bootCount":1,"registration":{"at":"unregistered"}}',
      '{"v":1,"bootCount":1,"registration":{"at":"pending"}}',
      '{"v":1,"bootCount":-1,"registration":{"at":"unregistered"}}',
    ]) {
      assertFault(readDocument(text), 'STATE_DAMAGED');
    }
  });
});
