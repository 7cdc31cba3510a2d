import { accountIdFrom, MINUTE_MS, type PolicyDocument } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  AT,
  AT_MS,
  announced,
  bytesOf,
  linkTrusting,
  policyDocument,
  signedAs,
  signer,
} from '../testing/account-signer.ts';
import { DEVICE } from '../testing/fixtures.ts';
import {
  ALL_ON,
  appliedPolicy,
  decide,
  type LocalSwitches,
  type PolicyState,
  policyGranted,
  policyReceived,
} from './policy.ts';

const [one, two] = [signer(1), signer(2)] as const;
const link = linkTrusting(one);
const signed = (document: Partial<PolicyDocument>, by = one) =>
  signedAs(by, 'ewon-policy', policyDocument(document), by === two ? [announced(one, two)] : []);
const receive = (state: PolicyState, message: object, atMs = AT_MS) =>
  policyReceived(state, { on: 'PolicyReceived', deviceId: DEVICE, payload: bytesOf(message), atMs }, link);
const codes = ([, effects]: ReturnType<typeof receive>) => effects.map(({ code }) => code);
const [known] = receive({}, signed({ version: 5 }));

suite('policy', (test) => {
  test('a signed one is taken and told; the same again is not', () => {
    const first = receive({}, signed({ version: 5 }));
    assert.deepEqual([first[0].policy, codes(first)], [policyDocument(), ['POLICY_TAKEN']]);
    assert.deepEqual(receive(known, signed({ version: 5 })), [known, []]);
    assert.deepEqual(codes(receive(known, signed({ version: 6 }))), ['POLICY_TAKEN']);
  });

  const refused = {
    POLICY_OLD: signed({ version: 4 }),
    POLICY_FOREIGN: signed({ version: 6, accountId: accountIdFrom(new Uint8Array(17).fill(7)) }),
    POLICY_UNSIGNED: signedAs(signer(9), 'ewon-policy', policyDocument({ version: 6 })),
    POLICY_UNREADABLE: signedAs(one, 'ewon-policy', { ...policyDocument({ version: 6 }), geolocation: 'yes' }),
  } as const;
  for (const [code, message] of Object.entries(refused)) {
    test(`${code}: refused, and what counted counts on`, () => {
      const [state, effects] = receive(known, message);
      assert.deepEqual([state.policy, effects.map((e) => e.code)], [known.policy, [code]]);
    });
  }

  test('a command in place of a policy cannot be read as one', () => {
    assert.deepEqual(codes(receive(known, signedAs(one, 'ewon-cmd', policyDocument({ version: 6 })))), [
      'POLICY_UNREADABLE',
    ]);
  });

  test('who repeats what is refused is told of once in ten minutes, also when the clock goes back', () => {
    const [once] = receive(known, refused.POLICY_OLD);
    assert.deepEqual(codes(receive(once, refused.POLICY_OLD, AT_MS + 9 * MINUTE_MS)), []);
    assert.deepEqual(codes(receive(once, refused.POLICY_OLD, AT_MS + 10 * MINUTE_MS)), ['POLICY_OLD']);
    assert.deepEqual(codes(receive(once, refused.POLICY_OLD, 0)), ['POLICY_OLD']);
    const twice = receive(once, refused.POLICY_UNSIGNED, AT_MS);
    assert.deepEqual(codes(twice), ['POLICY_UNSIGNED']);
    assert.deepEqual(codes(receive(twice[0], refused.POLICY_OLD, AT_MS + 1)), [], 'also in turn with something else');
  });

  test('the change of the key is told, and the old one counts no more', () => {
    const [moved, effects] = receive(known, signed({ version: 6 }, two));
    assert.deepEqual(
      effects.map(({ code }) => code),
      ['ACCOUNT_KEY_CHANGED', 'POLICY_TAKEN'],
    );
    assert.deepEqual(moved.keys, [two.jwk]);
    assert.deepEqual(codes(receive(moved, signed({ version: 7 }))), ['POLICY_UNSIGNED']);
  });

  test('the approval may bring one along, by the same rules', () => {
    assert.deepEqual(policyGranted({}, signed({ version: 5 }), link)[0], known);
    assert.deepEqual(
      policyGranted(known, refused.POLICY_OLD, link)[1].map(({ code }) => code),
      ['POLICY_OLD'],
    );
  });

  test('every combination: who says no first, from the board outwards, has decided', () => {
    const sides = [true, false];
    for (const which of ['geolocation', 'remoteManagement'] as const)
      for (const board of sides)
        for (const device of sides)
          for (const account of [...sides, undefined]) {
            const local = (on: boolean): LocalSwitches => ({ ...ALL_ON, [which]: on });
            const policy = account === undefined ? undefined : policyDocument({ [which]: account });
            const by = !board ? 'board' : !device ? 'device' : account === undefined ? 'unknown' : 'account';
            const made = decide(which, { policy, board: local(board), device: local(device) });
            assert.deepEqual(
              made,
              { on: board && device && account === true, by },
              `${which} ${board} ${device} ${account}`,
            );
          }
  });

  test('health says which policy counts, and who has switched what off', () => {
    const off = { ...ALL_ON, geolocation: false };
    const policy = policyDocument({ remoteManagement: false });
    const { version } = policy;
    const say = (device: LocalSwitches, board: LocalSwitches) => appliedPolicy(policy, { device, board });
    assert.equal(appliedPolicy(undefined, { device: ALL_ON, board: ALL_ON }), undefined);
    assert.deepEqual(say(ALL_ON, ALL_ON), { version, geolocation: 'on', remoteManagement: 'account' });
    assert.deepEqual(say(off, ALL_ON), { version, geolocation: 'device', remoteManagement: 'account' });
    assert.deepEqual(say(off, off), { version, geolocation: 'board', remoteManagement: 'account' });
  });

  test('it was issued when the account says so', () => assert.equal(known.policy?.issuedAt, AT));
});
