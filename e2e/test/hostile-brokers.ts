import { type Code, MQTT_PACKET_MAX_BYTES } from '@ewon-agent/contracts';
import { generate, type IConnackPacket, type IPublishPacket, parser } from 'mqtt-packet';
import type { Behaviour } from './rogue-broker.ts';

// Brokers that accept a device and then behave as none should. Each speaks MQTT 5 well enough to be believed until then.

/** What happens to the session; `ignored` when MQTT allows what was done, or nothing follows from it. */
export type Outcome = Code | 'ignored';

/** Sends as long as the other side takes it; resolves when all was taken, or the connection is gone. */
type Send = (bytes: Uint8Array, times?: number) => Promise<void>;
export type Hostile = {
  readonly outcome: Outcome;
  /** How it answers CONNECT; it accepts unless told. */
  readonly connack?: Partial<IConnackPacket>;
  /** What it does not answer. */
  readonly withholds?: readonly ('suback' | 'puback' | 'pingresp')[];
  /** What it does once the device has subscribed; `down` is the topic of its acknowledgements. */
  readonly goesOn?: (send: Send, down: string) => Promise<void>;
};

const V5 = { protocolVersion: 5 };
const packet = (of: Parameters<typeof generate>[0]) => Uint8Array.from(generate(of, V5));
const publish = (topic: string, more: Partial<IPublishPacket> = {}) =>
  packet({ cmd: 'publish', topic, payload: 'x'.repeat(200), qos: 0, dup: false, retain: false, ...more });
/** User properties: about 14 bytes each. */
export const properties = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`name ${i}`, `v${i}`]));
const remainingLength = (bytes: number) =>
  Uint8Array.of(0x80 | (bytes & 0x7f), 0x80 | ((bytes >> 7) & 0x7f), (bytes >> 14) & 0x7f);

/** By what they do. Amounts are large enough that a device which kept them would show it. */
export const HOSTILE: Readonly<Record<string, Hostile>> = {
  'announces a packet of 256 MiB and sends it': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: async (send) => {
      await send(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f));
      await send(new Uint8Array(65_536), 500);
    },
  },
  'sends a packet one byte above the limit': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send) => send(Uint8Array.of(0x30, ...remainingLength(MQTT_PACKET_MAX_BYTES - 3))),
  },
  'sends a length of five bytes': { outcome: 'UPLINK_PROTOCOL', goesOn: (send) => send(new Uint8Array(6).fill(0xff)) },
  'sends a packet of a type that is none': { outcome: 'UPLINK_PROTOCOL', goesOn: (send) => send(Uint8Array.of(0, 0)) },
  'sends noise': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send) => send(Uint8Array.from({ length: 64 }, (_, i) => i * 37)),
  },
  'drips a packet without end': {
    outcome: 'UPLINK_UNREACHABLE',
    withholds: ['pingresp'],
    goesOn: (send) => send(Uint8Array.of(0x30, ...remainingLength(200_000))),
  },
  'never answers SUBSCRIBE': { outcome: 'UPLINK_UNREACHABLE', withholds: ['suback'] },
  'never acknowledges a message': { outcome: 'UPLINK_UNREACHABLE', withholds: ['puback'] },
  'answers no ping': { outcome: 'UPLINK_UNREACHABLE', withholds: ['pingresp'] },
  'sends messages that nobody asked for': {
    outcome: 'ignored',
    goesOn: (send, down) => send(publish(`${down}/more`, { qos: 1, messageId: 7 }), 300),
  },
  'acknowledges what was never sent': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send) => send(packet({ cmd: 'puback', messageId: 60_001, reasonCode: 0 }), 50_000),
  },
  'answers as if our messages were of QoS 2': {
    outcome: 'UPLINK_PROTOCOL',
    withholds: ['puback'],
    goesOn: (send) => send(packet({ cmd: 'pubrec', messageId: 1 })),
  },
  'floods with messages of QoS 0': { outcome: 'UPLINK_PROTOCOL', goesOn: (send, down) => send(publish(down), 30_000) },
  'floods with messages of QoS 1': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send, down) => send(publish(down, { qos: 1, messageId: 7 }), 20_000),
  },
  'floods with retained messages on other topics': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send, down) => send(publish(`${down}/${'x'.repeat(1000)}`, { retain: true }), 20_000),
  },
  'floods with pings that a client never gets': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send) => send(packet({ cmd: 'pingresp' }), 50_000),
  },
  'sends messages of QoS 2 and never releases them': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: async (send, down) => {
      for (let id = 1; id <= 500; id++)
        await send(publish(down, { qos: 2, messageId: id, payload: 'x'.repeat(200_000) }));
    },
  },
  'uses a topic alias that was not allowed': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send, down) => send(publish(down, { properties: { topicAlias: 1 } })),
  },
  'uses a topic alias that it never set': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send) => send(publish('', { properties: { topicAlias: 9 } })),
  },
  'sends thousands of properties': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send, down) => send(publish(down, { properties: { userProperties: properties(8000) } }), 40),
  },
  'acknowledges with thousands of properties': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send) =>
      send(packet({ cmd: 'puback', messageId: 7, properties: { userProperties: properties(4000) } }), 40),
  },
  'floods with as many properties as pass': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send, down) => send(publish(down, { properties: { userProperties: properties(4) }, payload: '' }), 20_000),
  },
  'floods with acknowledgements of as many properties as pass': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send) =>
      send(packet({ cmd: 'puback', messageId: 7, properties: { userProperties: properties(15) } }), 20_000),
  },
  'has moved': {
    outcome: 'UPLINK_UNREACHABLE',
    goesOn: (send) => send(packet({ cmd: 'disconnect', reasonCode: 0x9d, properties: { serverReference: 'x.test' } })),
  },
  'is shut down': {
    outcome: 'UPLINK_UNREACHABLE',
    goesOn: (send) => send(packet({ cmd: 'disconnect', reasonCode: 0x8b })),
  },
  'says that we broke the protocol': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send) => send(packet({ cmd: 'disconnect', reasonCode: 0x82 })),
  },
  'ends our rights': {
    outcome: 'UPLINK_REFUSED',
    goesOn: (send) => send(packet({ cmd: 'disconnect', reasonCode: 0x87 })),
  },
  'accepts us a second time': {
    outcome: 'UPLINK_PROTOCOL',
    goesOn: (send) => send(packet({ cmd: 'connack', reasonCode: 0, sessionPresent: false })),
  },
  'wants one message at a time': { outcome: 'ignored', connack: { properties: { receiveMaximum: 1 } } },
};

/** Plays a hostile broker on a connection. */
export function playing({ connack, withholds = [], goesOn }: Hostile): Behaviour {
  return (socket) => {
    socket.setMaxListeners(0); // each answer that finds no room waits for it
    const reader = parser(V5);
    const write: Send = async (bytes, times = 1) => {
      for (let i = 0; i < times && socket.writable; i++) {
        if (socket.write(bytes) || !socket.writable) continue;
        await new Promise<void>((go) => {
          const on = () => {
            socket.off('drain', on).off('close', on);
            go();
          };
          socket.on('drain', on).on('close', on);
        });
      }
    };
    socket.on('data', (bytes) => reader.parse(bytes));
    reader.on('error', () => socket.destroy());
    reader.on('packet', (came) => {
      if (came.cmd === 'connect') {
        void write(packet({ cmd: 'connack', reasonCode: 0, sessionPresent: false, ...connack }));
      } else if (came.cmd === 'subscribe') {
        const down = came.subscriptions[0]?.topic.replace(/#$/, 'ack') ?? '';
        if (!withholds.includes('suback'))
          void write(packet({ cmd: 'suback', messageId: came.messageId ?? 0, granted: [1] }));
        void goesOn?.(write, down);
      } else if (came.cmd === 'publish' && came.qos === 1 && !withholds.includes('puback')) {
        void write(packet({ cmd: 'puback', messageId: came.messageId ?? 0, reasonCode: 0 }));
      } else if (came.cmd === 'pingreq' && !withholds.includes('pingresp')) {
        void write(packet({ cmd: 'pingresp' }));
      }
    });
  };
}
