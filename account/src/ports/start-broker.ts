import type { AccountId, DeviceAddress, LogPort } from '@ewon-agent/contracts';
import type { Broker } from './broker.ts';
import type { Siblings } from './siblings.ts';

/** A certificate with its private key, both PEM. */
export type KeyedCertificate = { readonly certificate: string; readonly privateKey: string };

/** What a broker is given by the account at its start. */
export type BrokerNeeds = {
  readonly accountId: AccountId;
  /** Where linked devices look for a broker of the account's own; 0 when there was none. */
  readonly portBefore: number;
  /** Host names and addresses the server certificate is for; the first is the one devices are told. */
  readonly names: readonly string[];
  /** For the broker's own TLS listener. */
  readonly server: KeyedCertificate;
  /** For the account's own connection to a broker that runs elsewhere; CN `account`, issued by the device CA. */
  readonly accountClient: KeyedCertificate;
  /** PEM of the CA that issued `server`. */
  readonly tlsCa: string;
  /** PEM of the CA that issued the certificates of devices. */
  readonly deviceCa: string;
  /** Tells whether a device is linked and the certificate (serial in hex, any case) is its own and not revoked. */
  isActive(device: DeviceAddress, certificateSerial: string): Promise<boolean>;
  /** Takes a message of a device, with the address that it is connected `from` where that is known; resolves when it has a place in memory, rejects when the account is closing (then no PUBACK). */
  onMessage(topic: string, payload: Uint8Array, from?: string): Promise<void>;
  /** Resolves when all that was handed over is committed or ignored, and acknowledged, and what follows from it is done; for brokers without a network. */
  settled(): Promise<void>;
  /** A broker that runs elsewhere is there, or is there again: what it keeps for devices may be gone. */
  connected(): void;
  /** Every device that may connect, so that a broker which was away can be brought to agree. */
  devices(): Promise<readonly DeviceAddress[]>;
  /** The other servers of the account that use the same broker; `undefined` when this is the only one. */
  readonly siblings?: Pick<Siblings, 'place' | 'leads' | 'watchLead'>;
  readonly log: LogPort;
};

/** Starts a broker, or connects to one. */
export type StartBroker = (needs: BrokerNeeds) => Promise<Broker>;
