import { topicPrefixFor } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { testDevices } from '../testing/test-pki.ts';
import {
  commandsForAccount,
  commandsToAdmit,
  commandsToAgree,
  commandsToRevoke,
  readControlResponses,
  roleOf,
} from './dynamic-security.ts';
import { ACCOUNT_CLIENT, ACCOUNT_RIGHTS } from './mosquitto-config.ts';

const [device, other] = testDevices(2);
if (!device || !other) throw new Error('this is a bug: no devices');
const name = device.deviceId;
const role = roleOf(device);
const client = { username: name, roles: [{ rolename: name }] };
const words = (commands: readonly { command: string }[]) => commands.map(({ command }) => command);

suite('dynamic security: what is asked of the plugin', (test) => {
  test('every right of a role is below its own prefix, in letters', () => {
    const prefix = topicPrefixFor(device);
    assert.deepEqual(
      role.acls.filter(({ topic }) => !topic.startsWith(`${prefix}/`)),
      [],
    );
    assert.deepEqual(
      role.acls
        .filter(({ acltype, topic }) => acltype === 'publishClientSend' && /[+#]/.test(topic))
        .map(({ topic }) => topic),
      [`${prefix}/up/cmd/+`], // the last level alone, and that is an id the account has made
    );
    assert.ok(role.acls.every(({ allow }) => allow));
  });

  test("the account's own role is made whole where a Mosquitto was set up before it had all rights", () => {
    const whole = { rolename: ACCOUNT_CLIENT, acls: ACCOUNT_RIGHTS };
    assert.deepEqual(commandsForAccount(whole), []);
    for (const role of [undefined, { rolename: ACCOUNT_CLIENT }, { ...whole, acls: ACCOUNT_RIGHTS.slice(1) }])
      assert.deepEqual(commandsForAccount(role), [{ command: 'modifyRole', ...whole }]);
  });

  const table: readonly (readonly [
    string,
    Parameters<typeof commandsToAdmit>[1],
    readonly string[],
    readonly string[],
  ])[] = [
    ['nothing there', { role: undefined, client: undefined }, ['createRole', 'createClient'], []],
    ['only the role', { role, client: undefined }, ['createClient'], ['deleteRole']],
    ['only the client', { role: undefined, client }, ['createRole'], ['deleteClient']],
    ['both', { role, client }, [], ['deleteClient', 'deleteRole']],
    [
      'a role of an earlier release',
      { role: { rolename: name, acls: role.acls.slice(1) }, client },
      ['modifyRole'],
      ['deleteClient', 'deleteRole'],
    ],
    [
      'the same rights in another order',
      { role: { rolename: name, acls: role.acls.toReversed() }, client },
      [],
      ['deleteClient', 'deleteRole'],
    ],
    [
      'a client without its role',
      { role, client: { username: name, roles: [] } },
      ['addClientRole'],
      ['deleteClient', 'deleteRole'],
    ],
  ];
  for (const [what, present, admitted, revoked] of table) {
    test(`${what}: admit sends [${admitted}], revoke sends [${revoked}]`, () => {
      assert.deepEqual(words(commandsToAdmit(device, present)), admitted);
      assert.deepEqual(words(commandsToRevoke(name, present)), revoked);
    });
  }

  test('agreeing admits who is missing, revokes who is not named, and leaves what people made alone', () => {
    const stranger = { rolename: other.deviceId, acls: [] };
    const commands = commandsToAgree(
      [device],
      [{ rolename: 'account' }, { rolename: 'dashboard' }, stranger],
      [{ username: 'account' }, { username: other.deviceId }],
    );
    assert.deepEqual(
      commands.map((c) => `${c.command} ${c['username'] ?? c['rolename']}`),
      [`deleteClient ${other.deviceId}`, `deleteRole ${other.deviceId}`, `createRole ${name}`, `createClient ${name}`],
    );
    assert.deepEqual(commandsToAgree([device], [role], [client]), []);
  });
});

suite('dynamic security: answers', (test) => {
  const read = (value: unknown) => readControlResponses(new TextEncoder().encode(JSON.stringify(value)));
  test('an answer with data and one with an error are read', () => {
    const answer = {
      responses: [
        { command: 'getRole', correlationData: '7', data: { role } },
        { command: 'x', error: 'no' },
      ],
    };
    assert.deepEqual(assertOk(read(answer)), answer);
  });
  test('what is not an answer is refused', () => {
    for (const bad of [null, [], {}, { responses: {} }, { responses: [{}] }, { responses: [{ command: 1 }] }]) {
      assertFault(read(bad), 'UPLINK_PROTOCOL');
    }
    assertFault(readControlResponses(Uint8Array.of(0xff)), 'UPLINK_PROTOCOL');
  });
});
