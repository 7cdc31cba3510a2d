import { accountIdFrom, type CommandDocument, HOUR_MS, MINUTE_MS, timestampOf } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import {
  AT_MS,
  announced,
  bytesOf,
  commandDocument,
  linkTrusting,
  policyDocument,
  signedAs,
  signer,
} from '../testing/account-signer.ts';
import { DEVICE, OTHER_DEVICE } from '../testing/fixtures.ts';
import { type Command, type CommandBook, certainlyAfterMs, EMPTY_BOOK, withCommand } from './command-book.ts';
import { judgeCommand } from './command-door.ts';
import type { PolicyState } from './policy.ts';

const [one, two, stranger] = [signer(1), signer(2), signer(9)] as const;
const link = linkTrusting(one);
type From = { readonly book?: CommandBook; readonly policy?: PolicyState; readonly atMs?: number };
const judge = (
  message: object,
  { book = EMPTY_BOOK, policy = {}, atMs = AT_MS }: From = {},
  id = commandDocument().id,
) =>
  judgeCommand(
    { on: 'CommandReceived', deviceId: DEVICE, id, payload: bytesOf(message), atMs },
    { link, policy, book },
  );
const sent = (change: Partial<CommandDocument> = {}, by = one) => signedAs(by, 'ewon-cmd', commandDocument(1, change));
const remembered = (n: number, change: Partial<Command> = {}): Command => {
  const { id, name, arguments: given, issuedAt, expiresAt } = commandDocument(n);
  return { id, name, arguments: given, issuedAt, expiresAt, state: 'successful', changedAtMs: AT_MS, ...change };
};

suite('the door for commands', (test) => {
  test('one that the account has signed for this Ewon is let in', () => {
    assert.deepEqual(assertOk(judge(sent())), { is: 'new', command: commandDocument(), keys: [one.jwk] });
  });

  const refused = {
    'not signed by the account': [sent({}, stranger), 'COMMAND_UNSIGNED'],
    'a policy in place of a command': [signedAs(one, 'ewon-policy', commandDocument()), 'COMMAND_UNREADABLE'],
    'no command': [signedAs(one, 'ewon-cmd', policyDocument()), 'COMMAND_UNREADABLE'],
    'for another Ewon': [sent({ deviceId: OTHER_DEVICE }), 'COMMAND_FOREIGN'],
    'of another account': [sent({ accountId: accountIdFrom(new Uint8Array(17).fill(7)) }), 'COMMAND_FOREIGN'],
    'under the name of another': [signedAs(one, 'ewon-cmd', commandDocument(2)), 'COMMAND_FOREIGN'],
  } as const;
  for (const [what, [message, code]] of Object.entries(refused))
    test(`${what}: ${code}`, () => void assertFault(judge(message), code));

  test('tampered with: COMMAND_UNSIGNED', () => {
    const { signed } = sent();
    const payload = JSON.parse(Buffer.from(signed.payload, 'base64url').toString());
    const changed = Buffer.from(JSON.stringify({ ...payload, name: 'reboot' })).toString('base64url');
    assertFault(judge({ v: 1, signed: { ...signed, payload: changed } }), 'COMMAND_UNSIGNED');
  });

  test('it brings the announcement of its key along, so no order between policy and commands is needed', () => {
    const message = signedAs(two, 'ewon-cmd', commandDocument(), [announced(one, two)]);
    assert.deepEqual(assertOk(judge(message)).keys, [two.jwk]);
  });

  test('known already: again; the same id with something else: COMMAND_REPLAYED', () => {
    const book = withCommand(EMPTY_BOOK, remembered(1));
    assert.equal(assertOk(judge(sent(), { book })).is, 'again');
    assert.equal(assertOk(judge(sent(), { book, atMs: AT_MS + 9 * HOUR_MS })).is, 'again', 'also after its time');
    assertFault(judge(sent({ name: 'reboot' }), { book }), 'COMMAND_REPLAYED');
    assertFault(judge(sent({ issuedAt: '2026-03-01T12:00:01.000Z' }), { book }), 'COMMAND_REPLAYED');
  });

  test('whether it has expired: by the clock, or by what the account has signed since, whichever is later', () => {
    const is = (from: From) => assertOk(judge(sent(), from)).is;
    assert.equal(is({ atMs: AT_MS + HOUR_MS - 1 }), 'new');
    assert.equal(is({ atMs: AT_MS + HOUR_MS }), 'expired');
    assert.equal(is({ atMs: 0 }), 'new', 'a clock at 1970 knows nothing');
    const later = timestampOf(AT_MS + HOUR_MS);
    assert.equal(is({ atMs: 0, policy: { policy: policyDocument({ issuedAt: later }) } }), 'expired');
    assert.equal(is({ atMs: 0, book: withCommand(EMPTY_BOOK, remembered(2, { issuedAt: later })) }), 'expired');
  });
});

suite('the memory for commands', (test) => {
  const many = (count: number, state: Command['state'] = 'successful') => {
    let book = EMPTY_BOOK;
    for (let n = 1; n <= count; n++)
      book = withCommand(book, remembered(n, { state, issuedAt: timestampOf(AT_MS + n * MINUTE_MS) }));
    return book;
  };

  test('64 are remembered; what is forgotten is not taken again, nor what is older, at any time of the clock', () => {
    const book = many(70);
    assert.deepEqual([book.list.length, book.forgottenUpToMs], [64, AT_MS + 6 * MINUTE_MS]);
    const issued = (n: number) =>
      sent({ issuedAt: timestampOf(AT_MS + n * MINUTE_MS), expiresAt: '2099-01-01T00:00:00Z' });
    for (const atMs of [0, AT_MS, AT_MS * 2]) {
      assertFault(judge(issued(6), { book, atMs }), 'COMMAND_REPLAYED');
      assertFault(judge(issued(3), { book, atMs }), 'COMMAND_REPLAYED');
    }
    assert.equal(assertOk(judge(issued(100), { book, atMs: 0 })).is, 'new');
  });

  test('what is not at its end is never forgotten', () => {
    assert.deepEqual([many(70, 'scheduled').list.length, many(70, 'scheduled').forgottenUpToMs], [70, 0]);
  });

  test('the latest time that is certainly over', () => {
    assert.equal(certainlyAfterMs(EMPTY_BOOK, undefined), 0);
    assert.equal(certainlyAfterMs(many(3), undefined), AT_MS + 3 * MINUTE_MS);
    assert.equal(certainlyAfterMs(many(3), timestampOf(AT_MS + HOUR_MS)), AT_MS + HOUR_MS);
  });
});
