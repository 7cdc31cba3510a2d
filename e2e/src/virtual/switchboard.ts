import { X509Certificate } from 'node:crypto';
import type { BrokerNeeds, StartBroker } from '@ewon-agent/account/ports/start-broker';
import {
  type DeviceAddress,
  err,
  type Millis,
  ok,
  parseAccountId,
  parseDeviceId,
  toUtf8,
  type UplinkEvents,
  type UplinkPort,
  type UplinkSession,
  type UplinkTarget,
} from '@ewon-agent/contracts';

// A broker without a network, for stories in virtual time: the account's broker on one side, the agent's uplink on
// the other. What it lets in is decided by the account, as with the real ones.

export type Switchboard = {
  readonly startBroker: StartBroker;
  readonly uplink: UplinkPort;
  /** Breaks a session as a lost connection does: the will is published. */
  lose(session: UplinkSession): void;
  /** Device ids that are connected. */
  connected(): readonly string[];
  /** What the broker keeps below `down/`, by topic. */
  readonly retained: ReadonlyMap<string, string>;
  /** Puts a message before every device that listens there, as somebody who owns the broker can. */
  forge(topic: string, payload: string): void;
};

type Open = { readonly target: UplinkTarget; readonly events: UplinkEvents; readonly device: DeviceAddress };

/**
 * @param now the time that certificates are judged by, as a broker does
 * @param track makes whoever settles the house wait for what the account does with a message
 */
export function createSwitchboard(
  track: <T>(work: Promise<T>) => Promise<T>,
  now: () => Millis,
  brokerUrl = 'mqtts://broker.test:8883',
): Switchboard {
  const sessions = new Map<UplinkSession, Open>();
  const retained = new Map<string, string>();
  let needs: BrokerNeeds | undefined;

  const publish = async ({ topic, payload }: { topic: string; payload: string }) => {
    const account = needs;
    if (account) await track(account.onMessage(topic, toUtf8(payload)).then(() => account.settled()));
  };
  const tell = (session: UplinkSession, topic: string, payload: string) => {
    const { target, events } = sessions.get(session) ?? {};
    if (target && topic.startsWith(target.receives.replace(/#$/, ''))) events?.received(topic, toUtf8(payload));
  };
  const end = (session: UplinkSession) => {
    const open = sessions.get(session);
    sessions.delete(session);
    return open;
  };

  const uplink: UplinkPort = {
    async open(target, events) {
      const certificate = new X509Certificate(target.certificate);
      const device = deviceIn(certificate);
      if (!needs || !device) return err('UPLINK_UNREACHABLE', 'no broker');
      if (target.clientId !== device.deviceId) return err('UPLINK_REFUSED', 'client id');
      const [fromMs, toMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
      if (now() < fromMs || now() > toMs) return err('UPLINK_REFUSED', 'certificate expired');
      if (!(await needs.isActive(device, certificate.serialNumber))) return err('UPLINK_REFUSED', 'not linked');
      const session: UplinkSession = {
        async send(message) {
          if (!sessions.has(session)) return err('UPLINK_UNREACHABLE', 'the session ended');
          await publish(message);
          return ok(undefined);
        },
        async close() {
          end(session);
        },
      };
      sessions.set(session, { target, events, device });
      // after the session is there, as a broker does that was subscribed to
      void track(
        new Promise<void>((later) => setImmediate(later)).then(() => {
          for (const [topic, payload] of retained) if (sessions.has(session)) tell(session, topic, payload);
        }),
      );
      return ok(session);
    },
  };

  return {
    uplink,
    async startBroker(given) {
      needs = given;
      return {
        urls: [brokerUrl],
        async admit() {},
        async revoke({ deviceId }) {
          for (const [session, open] of [...sessions]) {
            if (open.device.deviceId !== deviceId) continue;
            end(session);
            open.events.closed({ code: 'UPLINK_UNREACHABLE', detail: 'the broker closed the connection' });
          }
        },
        async publish({ topic, payload, retain }) {
          if (retain && payload === '') retained.delete(topic);
          else if (retain) retained.set(topic, payload);
          for (const session of sessions.keys()) tell(session, topic, payload);
        },
        async close() {
          sessions.clear();
          retained.clear(); // it ends with the account, like the embedded one
          needs = undefined;
        },
      };
    },
    lose(session) {
      const open = end(session);
      if (open) void publish(open.target.will);
    },
    retained,
    forge: (topic, payload) => {
      for (const session of sessions.keys()) tell(session, topic, payload);
    },
    connected: () => [...sessions.values()].map(({ device }) => device.deviceId),
  };
}

function deviceIn(certificate: X509Certificate): DeviceAddress | undefined {
  const [, account, device] = /URI:urn:ewon-agent:([^:]+):([^,]+)/.exec(certificate.subjectAltName ?? '') ?? [];
  const accountId = parseAccountId(account);
  const deviceId = parseDeviceId(device);
  return accountId.ok && deviceId.ok ? { accountId: accountId.value, deviceId: deviceId.value } : undefined;
}
