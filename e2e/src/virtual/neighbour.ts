import type { AccountLinkPort, UplinkPort, UplinkSession } from '@ewon-agent/contracts';

/** Another account that the Ewon of a house can reach, beside its own. */
export type Neighbour = {
  /** Of its directory, such as `https://other.test`. */
  readonly origin: string;
  readonly link: Pick<AccountLinkPort, 'request'>;
  readonly brokerUrl: string;
  readonly uplink: UplinkPort;
  /** Breaks a session as a lost connection does. */
  lose(session: UplinkSession): void;
};

/** The way to two accounts as one: each request goes to the one it is for. */
export function linkBeside(own: AccountLinkPort, neighbour: Neighbour | undefined): AccountLinkPort {
  return {
    close: () => own.close(),
    request: (request) =>
      new URL(request.url).origin === neighbour?.origin ? neighbour.link.request(request) : own.request(request),
  };
}

/** The same for their brokers. */
export function uplinkBeside(own: UplinkPort, neighbour: Neighbour | undefined): UplinkPort {
  return {
    open: (target, events) => (target.url === neighbour?.brokerUrl ? neighbour.uplink : own).open(target, events),
  };
}
