import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { commandDocument, policyDocument, signer } from '../testing/account-signer.ts';
import { grant, LOCATION, link, otherLink, savedMove, savedRequest, savedWizard } from '../testing/fixtures.ts';
import { documentOf, readDocument } from './document.ts';
import { NO_ORDERS } from './orders.ts';
import type { Registration } from './registration.ts';

const request = savedRequest();
const STATES: readonly Registration[] = [
  { at: 'unregistered' },
  { at: 'unregistered', last: { code: 'REJECTED', detail: 'x', atMs: 1 } },
  { at: 'requesting', request, attempt: 0 },
  { at: 'pending', request, location: LOCATION, account: grant().account, code: 'REGISTRATION_PENDING', attempt: 0 },
  { at: 'joining', request: savedWizard(), attempt: 0 },
  { at: 'registered', link: link() },
  { at: 'registered', link: { ...link(), next: { certificate: 'NEW' } } },
  { at: 'registered', link: link(), moving: { request: savedMove(), attempt: 0 } },
  { at: 'registered', link: otherLink(), former: { link: link(), attempt: 0 } },
  {
    ...{ at: 'registered', link: otherLink(), former: { link: link(), attempt: 0, leftovers: true } },
    moving: { request: savedMove(2), attempt: 0 },
  },
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
  test('orders are read as they were saved, without what is news only; what older releases wrote has none', () => {
    const at = { bootCount: 1, registration: { at: 'registered', link: link() } } as const;
    const { id, name, arguments: given, issuedAt, expiresAt } = commandDocument();
    const command = {
      id,
      name,
      arguments: given,
      issuedAt,
      expiresAt,
      state: 'executing',
      changedAtMs: 5,
      bootId: 'b',
    } as const;
    const policy = { policy: policyDocument(), keys: [signer(1).jwk] };
    const orders = { policy, book: { list: [command], forgottenUpToMs: 7 } };
    assert.deepEqual(assertOk(readDocument(documentOf({ ...at, orders }))).orders, orders);
    const refused = { ...orders, policy: { ...policy, refused: { POLICY_OLD: 1 } } } as const;
    assert.equal(
      documentOf({ ...at, orders: refused }),
      documentOf({ ...at, orders }),
      'a hostile broker costs no write',
    );
    assert.equal(documentOf({ ...at, orders: NO_ORDERS }), documentOf(at));
    assert.equal(assertOk(readDocument(documentOf(at))).orders, undefined);
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
    const tried = { attempt: 9, trouble };
    const former = { link: link(), attempt: 0 };
    const moving = { request: savedMove(), attempt: 0 };
    const registration: Registration = { at: 'registered', link: otherLink(), former, moving };
    const [later, on] = [
      { ...former, ...tried },
      { ...moving, ...tried },
    ];
    assert.equal(
      documentOf({ bootCount: 1, registration: { ...registration, trouble, former: later, moving: on } }),
      documentOf({ bootCount: 1, registration }),
    );
  });
  test('a text that is not ours is refused with a code', () => {
    for (const text of [
      '',
      '{',
      'null',
      '{"v":2,"bootCount":1,"registration":{"at":"unregistered"}}',
      '{"v":1,"bootCount":1,"registration":{"at":"pending"}}',
      JSON.stringify({ v: 1, bootCount: 1, registration: { at: 'registered', link: link(), moving: {} } }),
      JSON.stringify({ v: 1, bootCount: 1, registration: { at: 'registered', link: link(), former: {} } }),
      '{"v":1,"bootCount":-1,"registration":{"at":"unregistered"}}',
    ]) {
      assertFault(readDocument(text), 'STATE_DAMAGED');
    }
  });
});
