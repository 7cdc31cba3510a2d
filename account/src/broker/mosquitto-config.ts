import {
  CHANNELS,
  CHANNELS_FILTER,
  COMMAND_STATES_FILTER,
  KIB,
  MQTT_IN_FLIGHT_MAX,
  MQTT_PACKET_MAX_BYTES,
  UP_CHANNELS,
  UP_FILTERS,
  type UpChannel,
} from '@ewon-agent/contracts';
import { PLACES } from '../ports/siblings.ts';

// The two files of a Mosquitto that serves as the account's broker (tried with Debian 12's 2.0.11). Pure text: the
// documentation shows it and the tests run it.

export type MosquittoFiles = {
  readonly host: string;
  readonly port: number;
  /** Of a second listener that speaks MQTT over WebSocket, for networks that let out nothing but port 443; none unless told. */
  readonly webSocketPort?: number;
  /** The device CA, PEM: it issues the devices' certificates and the account's own. */
  readonly deviceCaFile: string;
  readonly certificateFile: string;
  /** Must be readable by the user Mosquitto runs as: it drops root for `mosquitto` before it reads. */
  readonly privateKeyFile: string;
  /** `mosquitto_dynamic_security.so`; below /usr/lib in Debian. */
  readonly pluginFile: string;
  /** Written by the plugin: file and folder must be writable by the user Mosquitto runs as. */
  readonly dynamicSecurityFile: string;
  /** A folder, with its last slash, writable likewise. */
  readonly persistenceFolder: string;
  /** Stays this user when started as root. Mosquitto's own default is `mosquitto`. */
  readonly user?: string;
};

/** User name, client id and certificate CN of the account's own connection. */
export const ACCOUNT_CLIENT = 'account';
/** The name of the account's server at a place, and of its client: one name may be connected once. */
export function accountClientAt(place: number): string {
  return place === 0 ? ACCOUNT_CLIENT : `${ACCOUNT_CLIENT}-${place + 1}`;
}
/** What of all devices only the newest counts: the broker keeps it, and gives it to who subscribes. */
export const RETAINED_FILTERS: readonly string[] = [
  ...filtersOf((channel) => CHANNELS[channel].retain),
  COMMAND_STATES_FILTER,
];
/** Streams of all devices, each message to one of the servers that subscribe. */
export const SHARED_FILTERS: readonly string[] = filtersOf((channel) => !CHANNELS[channel].retain).map(
  (filter) => `$share/${ACCOUNT_CLIENT}/${filter}`,
);
/** Where the dynamic-security plugin takes commands, and where it answers. */
export const CONTROL_TOPIC = '$CONTROL/dynamic-security/v1';
export const CONTROL_RESPONSE_TOPIC = `${CONTROL_TOPIC}/response`;
/** What the account may send to devices. */
export const DOWN_FILTER = 'ewon/v1/+/+/down/#';
/** What the account may take away again of what devices had kept: where they are, once nobody may be located. */
export const LOCATION_FILTER = CHANNELS_FILTER.replace(/\+$/, 'location');

/** The text of mosquitto.conf. */
export function mosquittoConfig(files: MosquittoFiles): string {
  const lines = [
    '# The dynamic-security plugin decides on what comes in.',
    'per_listener_settings false',
    'allow_anonymous false',
    `plugin ${files.pluginFile}`,
    `plugin_opt_config_file ${files.dynamicSecurityFile}`,
    ...(files.user ? [`user ${files.user}`] : []),
    '',
    '# Who a client is, the CN of its certificate says. Without use_username_as_clientid a device that takes the client id',
    '# of another, with clean session off, is given what was queued for it.',
    ...listener(files, files.port),
    ...(files.webSocketPort ? listener(files, files.webSocketPort, 'protocol websockets') : []),
    `# The same limit as everywhere else: ${MQTT_PACKET_MAX_BYTES / KIB} KiB.`,
    `max_packet_size ${MQTT_PACKET_MAX_BYTES}`,
    '# What waits for the account while it is away; the default of 1,000 loses most of a morning.',
    'max_queued_messages 100000',
    '# As many an agent has on their way at once; it keeps to this number.',
    `max_inflight_messages ${MQTT_IN_FLIGHT_MAX}`,
    '# Otherwise every small answer waits 40 ms for the acknowledgement of the one before (Nagle).',
    'set_tcp_nodelay true',
    '# A device has no use for $SYS.',
    'sys_interval 0',
    '',
    '# Retained messages and what is queued survive a restart; a kill loses up to 30 s of it.',
    'persistence true',
    `persistence_location ${files.persistenceFolder}`,
    'autosave_interval 30',
    'persistent_client_expiration 30d',
    '',
    'log_dest stderr',
    'log_type error',
    'log_type warning',
    'log_type notice',
    'log_type information',
    'connection_messages true',
  ];
  return `${lines.join('\n')}\n`;
}

function listener(files: MosquittoFiles, port: number, ...more: readonly string[]): readonly string[] {
  return [
    `listener ${port} ${files.host}`,
    ...more,
    `cafile ${files.deviceCaFile}`,
    `certfile ${files.certificateFile}`,
    `keyfile ${files.privateKeyFile}`,
    'tls_version tlsv1.2',
    'require_certificate true',
    'use_identity_as_username true',
    'use_username_as_clientid true',
    '',
  ];
}

/** The first dynamic-security.json: the account may manage, listen and send down; everybody else may do nothing. */
export function initialDynamicSecurity(): string {
  const config = {
    defaultACLAccess: { publishClientSend: false, publishClientReceive: false, subscribe: false, unsubscribe: false },
    clients: Array.from({ length: PLACES }, (_, place) => ({
      username: accountClientAt(place),
      roles: [{ rolename: ACCOUNT_CLIENT }],
    })),
    groups: [],
    roles: [{ rolename: ACCOUNT_CLIENT, acls: ACCOUNT_RIGHTS }],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

function filtersOf(fits: (channel: UpChannel) => boolean): readonly string[] {
  return UP_CHANNELS.filter(fits).map((channel) => CHANNELS_FILTER.replace(/\+$/, channel));
}

/** The kinds of right of the plugin. Source: Mosquitto 2.0.11, plugins/dynamic-security/README.md */
export type AclType =
  | 'publishClientSend'
  | 'publishClientReceive'
  | 'subscribeLiteral'
  | 'subscribePattern'
  | 'unsubscribeLiteral'
  | 'unsubscribePattern';
export type Acl = {
  readonly acltype: AclType;
  readonly topic: string;
  readonly priority: number;
  readonly allow: boolean;
};

/** What the account may do: manage, listen to every device, send down. */
export const ACCOUNT_RIGHTS: readonly Acl[] = [
  allow('publishClientSend', CONTROL_TOPIC),
  allow('publishClientSend', DOWN_FILTER),
  allow('publishClientSend', LOCATION_FILTER),
  allow('publishClientReceive', CONTROL_RESPONSE_TOPIC),
  ...UP_FILTERS.map((filter) => allow('publishClientReceive', filter)),
  allow('subscribeLiteral', CONTROL_RESPONSE_TOPIC),
  ...[...UP_FILTERS, ...RETAINED_FILTERS, ...SHARED_FILTERS]
    .filter((filter, i, all) => all.indexOf(filter) === i)
    .map((filter) => allow('subscribeLiteral', filter)),
  allow('unsubscribePattern', '#'),
];

function allow(acltype: AclType, topic: string): Acl {
  return { acltype, topic, priority: 0, allow: true };
}
