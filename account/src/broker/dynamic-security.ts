import {
  commandStateFilterFor,
  type DeviceAddress,
  jsonReader,
  parseDeviceId,
  topicFor,
  topicPrefixFor,
  UP_CHANNELS,
} from '@ewon-agent/contracts';
import { ACCOUNT_CLIENT, ACCOUNT_RIGHTS, type Acl, type AclType } from './mosquitto-config.ts';

// What the account asks of Mosquitto's dynamic-security plugin: one role and one client per device, both named by the
// device id. Pure: what there is goes in, commands come out, so that doing it twice asks for nothing the second time.
// Source: Mosquitto 2.0.11, plugins/dynamic-security/README.md

export type Role = { readonly rolename: string; readonly acls?: readonly Acl[] };
export type SecurityClient = { readonly username: string; readonly roles?: readonly { readonly rolename: string }[] };
export type Command = { readonly command: string } & Readonly<Record<string, unknown>>;

/** What the plugin has under one device's name. */
export type Present = { readonly role: Role | undefined; readonly client: SecurityClient | undefined };

export type ControlResponse = {
  readonly command: string;
  readonly correlationData?: string;
  readonly error?: string;
  readonly data?: {
    readonly role?: Role;
    readonly client?: SecurityClient;
    readonly roles?: readonly Role[];
    readonly clients?: readonly SecurityClient[];
    readonly totalCount?: number;
  };
};

/** The rights of a device: send on its known `up/` channels and the states of its commands, listen below its `down/`. */
export function roleOf(device: DeviceAddress): Required<Role> {
  const down = `${topicPrefixFor(device)}/down/#`;
  const allow = (acltype: AclType, topic: string): Acl => ({ acltype, topic, priority: 0, allow: true });
  return {
    rolename: device.deviceId,
    acls: [
      ...UP_CHANNELS.map((channel) => allow('publishClientSend', topicFor(device, channel))),
      allow('publishClientSend', commandStateFilterFor(device)),
      allow('publishClientReceive', down),
      allow('subscribePattern', down),
      allow('unsubscribePattern', down),
    ],
  };
}

/** Nobody may do anything that no role allows. `publishClientReceive` and `unsubscribe` are allowed by the plugin's own default. */
export const DENY_BY_DEFAULT: Command = {
  command: 'setDefaultACLAccess',
  acls: ['publishClientSend', 'publishClientReceive', 'subscribe', 'unsubscribe'].map((acltype) => ({
    acltype,
    allow: false,
  })),
};

/** What is missing of a device. A role is modified only where it differs: modifying disconnects whoever holds it. */
export function commandsToAdmit(device: DeviceAddress, { role, client }: Present): readonly Command[] {
  const wanted = roleOf(device);
  const commands: Command[] = [];
  if (!role) commands.push({ command: 'createRole', ...wanted });
  else if (!sameRights(role.acls ?? [], wanted.acls)) commands.push({ command: 'modifyRole', ...wanted });
  if (!client) {
    commands.push({
      command: 'createClient',
      username: device.deviceId,
      roles: [{ rolename: device.deviceId, priority: 0 }],
    });
  } else if (!client.roles?.some(({ rolename }) => rolename === device.deviceId)) {
    commands.push({ command: 'addClientRole', username: device.deviceId, rolename: device.deviceId, priority: 0 });
  }
  return commands;
}

/** What the account's own role lacks that a Mosquitto was set up with before: then the role is made whole. */
export function commandsForAccount(role: Role | undefined): readonly Command[] {
  const has = new Set((role?.acls ?? []).map(({ acltype, topic }) => `${acltype} ${topic}`));
  const isWhole = ACCOUNT_RIGHTS.every(({ acltype, topic }) => has.has(`${acltype} ${topic}`));
  return isWhole ? [] : [{ command: 'modifyRole', rolename: ACCOUNT_CLIENT, acls: ACCOUNT_RIGHTS }];
}

/**
 * What takes a device away. Its client is deleted, never disabled: `use_identity_as_username` lets a disabled client's
 * certificate in again, with all its rights (observed on 2.0.11). Deleting it disconnects it.
 */
export function commandsToRevoke(deviceId: string, { role, client }: Present): readonly Command[] {
  return [
    ...(client ? [{ command: 'deleteClient', username: deviceId }] : []),
    ...(role ? [{ command: 'deleteRole', rolename: deviceId }] : []),
  ];
}

/** Brings everything the plugin has to what the account says: who is missing is admitted, devices it does not name are revoked. */
export function commandsToAgree(
  devices: readonly DeviceAddress[],
  roles: readonly Role[],
  clients: readonly SecurityClient[],
): readonly Command[] {
  const roleNamed = new Map(roles.map((role) => [role.rolename, role]));
  const clientNamed = new Map(clients.map((client) => [client.username, client]));
  const present = (name: string): Present => ({ role: roleNamed.get(name), client: clientNamed.get(name) });
  const wanted = new Set<string>(devices.map(({ deviceId }) => deviceId));
  // whatever is not named like a device was made by a person, or is the account itself
  const strangers = [...new Set([...roleNamed.keys(), ...clientNamed.keys()])].filter(
    (name) => parseDeviceId(name).ok && !wanted.has(name),
  );
  return [
    ...strangers.flatMap((name) => commandsToRevoke(name, present(name))),
    ...devices.flatMap((device) => commandsToAdmit(device, present(device.deviceId))),
  ];
}

const text = { type: 'string' };
const acl = {
  type: 'object',
  required: ['acltype', 'topic', 'allow'],
  properties: { acltype: text, topic: text, allow: { type: 'boolean' } },
};
const role = {
  type: 'object',
  required: ['rolename'],
  properties: { rolename: text, acls: { type: 'array', items: acl } },
};
const client = {
  type: 'object',
  required: ['username'],
  properties: {
    username: text,
    roles: { type: 'array', items: { type: 'object', required: ['rolename'], properties: { rolename: text } } },
  },
};

/** Reads an answer of the plugin. Codes: UPLINK_PROTOCOL. */
export const readControlResponses = jsonReader<{ readonly responses: readonly ControlResponse[] }>(
  {
    type: 'object',
    required: ['responses'],
    properties: {
      responses: {
        type: 'array',
        items: {
          type: 'object',
          required: ['command'],
          properties: {
            command: text,
            correlationData: text,
            error: text,
            data: {
              type: 'object',
              properties: {
                role,
                client,
                roles: { type: 'array', items: role },
                clients: { type: 'array', items: client },
                totalCount: { type: 'integer' },
              },
            },
          },
        },
      },
    },
  },
  'UPLINK_PROTOCOL',
);

function sameRights(a: readonly Acl[], b: readonly Acl[]): boolean {
  const lines = (acls: readonly Acl[]) => acls.map((right) => `${right.acltype} ${right.topic} ${right.allow}`).sort();
  return lines(a).join('\n') === lines(b).join('\n');
}
