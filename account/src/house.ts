import type {
  AccountId,
  ClockPort,
  Code,
  DeviceAddress,
  DeviceId,
  LogPort,
  Millis,
  RandomPort,
  Severity,
} from '@ewon-agent/contracts';
import { commandTopicFor, policyTopicFor, timestampOf, toBase64url, topicFor } from '@ewon-agent/contracts';
import type { Bus, Change } from './bus.ts';
import type { Ca } from './ca/ca.ts';
import { LOG_TEXTS } from './core/log-lines.ts';
import type { Rate } from './core/rate.ts';
import type { LogSubject } from './core/records.ts';
import { HOLDER, type Person } from './core/users.ts';
import { logLineView } from './http/views.ts';
import type { Broker } from './ports/broker.ts';
import type { PasswordHasher } from './secrets/password-hash.ts';
import type { Vault } from './secrets/vault.ts';
import type { Aspu } from './service/aspu.ts';
import type { Buckets } from './service/buckets.ts';
import type { Herald } from './service/herald.ts';
import type { Locator } from './service/locator.ts';
import type { AccountStore, ChannelPlace, StoreTx } from './store/store.ts';

/** What one account lets in before a person has decided. */
export type Limits = {
  /** Pending records of one GRK. */
  readonly pendingPerGrk: number;
  /** Pending records of one source network. */
  readonly pendingPerNetwork: number;
  /** Requests to the device interface of one source network. */
  readonly requests: Rate;
  /** Sign-ins of one source network. */
  readonly signIns: Rate;
  /** What hashing a password costs; see secrets/password-hash.ts. */
  readonly passwordCostLog2: number;
};

/** What all services of one account work with. */
export type House = {
  readonly accountId: AccountId;
  readonly store: AccountStore;
  readonly ca: Ca;
  readonly vault: Vault;
  readonly broker: Pick<Broker, 'admit' | 'revoke' | 'publish'>;
  readonly herald: Herald;
  /** Told when a place is to be looked for. */
  readonly locator: Pick<Locator, 'wake'>;
  readonly aspu: Aspu;
  readonly bus: Bus;
  readonly clock: ClockPort;
  readonly random: RandomPort;
  readonly log: LogPort;
  readonly limits: Limits;
  readonly passwords: PasswordHasher;
  /** Who does what is done; whoever holds the machine, where no request says otherwise. */
  readonly person: Person;
  /** How often one refusal of one key may be written into the log. */
  readonly refusalLines: Buckets;
};

/** What happened, for the account's log. */
export type Happening = {
  readonly name: string;
  readonly subject: LogSubject;
  readonly event: string;
  readonly severity?: Severity;
  readonly code?: Code;
  readonly deviceId?: DeviceId;
  /** A person decided it about an Ewon: it is kept as long as what people do. */
  readonly isDecision?: boolean;
};

/** Collects what is told when the transaction is committed, and not before. */
export type Telling = {
  tell(change: Change): void;
  /** @param origin place of a device's event, which is noted once */
  note(tx: StoreTx, happening: Happening, origin?: ChannelPlace): Promise<void>;
  /** Notes what the person of this house did. */
  noteDone(tx: StoreTx, done: Omit<Happening, 'name' | 'subject'>): Promise<void>;
  /** What happened to an Ewon, with who ordered it in brackets; as it is, where that was whoever holds the machine. */
  orderedBy(event: string): string;
};

/**
 * Runs a transaction and publishes what it collected, after the commit.
 * @param work must not call `transact` again
 */
export async function transactAndTell<T>(
  house: Pick<House, 'store' | 'bus' | 'clock' | 'log'> & Partial<Pick<House, 'person'>>,
  work: (tx: StoreTx, telling: Telling, nowMs: Millis) => Promise<T>,
): Promise<T> {
  const changes: Change[] = [];
  const nowMs = house.clock.now();
  const { person = HOLDER } = house;
  const telling: Telling = {
    noteDone: (tx, done) => telling.note(tx, { name: person.name, subject: 'User', ...done }),
    orderedBy: (event) =>
      person.name === HOLDER.name && person.userId === undefined ? event : LOG_TEXTS.orderedBy(event, person.name),
    tell: (change) => void changes.push(change),
    async note(tx, { name, subject, event, severity = 'info', code, deviceId, isDecision = false }, origin) {
      const at = timestampOf(nowMs);
      const who = { name, subject, deviceId: deviceId ?? null };
      const entry = { at, ...who, event, severity, code: code ?? null };
      const [line] = await tx.appendLogs([{ entry, isDecision, ...(origin && { origin }) }]);
      if (line) changes.push({ type: 'log', id: String(line.id), row: logLineView(line) });
    },
  };
  const value = await house.store.transact((tx) => {
    changes.length = 0; // it may run again, and what the run before collected was not kept
    return work(tx, telling, nowMs);
  });
  tellChanges(house, changes);
  return value;
}

/** Tells what was committed, in this order, and writes lines of the account's log into the program's own. */
export function tellChanges({ bus, log }: Pick<House, 'bus' | 'log'>, changes: readonly Change[]): void {
  for (const change of changes) {
    bus.publish(change);
    if (change.type !== 'log') continue;
    const { severity, event, code, deviceId } = change.row;
    log.write(severity, 'account', event, { ...(code && { code }), ...(deviceId && { deviceId }) });
  }
}

/** An unguessable name of 127 bits, which begins with a letter: with `-` a command line would take it for an option. */
export function newToken(random: RandomPort): string {
  const [first = 0, ...rest] = random.bytes(16);
  return toBase64url(Uint8Array.of(first & 0x7f, ...rest));
}

/** Takes away what the broker keeps for a device that is gone, and then as {@link revokeAtBroker}. */
export async function removeAtBroker(house: House, device: DeviceAddress): Promise<void> {
  house.herald.keep(policyTopicFor(device), '');
  house.herald.keep(topicFor(device, 'location'), '');
  const commands = await house.store.transact((tx) => tx.commandsOf(device.deviceId));
  // what the device has said of an end is taken away already
  for (const { commandId, saidBy, expiresAt } of commands)
    if (saidBy === 'account' && Date.parse(expiresAt) > house.clock.now())
      house.herald.keep(commandTopicFor(device, commandId), '');
  await revokeAtBroker(house, device);
}

/**
 * Tells the broker that a device may not come in. A broker that cannot be reached is told again later (upkeep.ts); until
 * then the certificate is revoked in the database already.
 */
export async function revokeAtBroker(
  house: Pick<House, 'store' | 'log' | 'broker'>,
  device: DeviceAddress,
): Promise<void> {
  try {
    await house.broker.revoke(device);
  } catch (cause) {
    house.log.write('error', 'broker', 'could not revoke', { deviceId: device.deviceId, cause: String(cause) });
    return;
  }
  await house.store.transact((tx) => tx.updateEwon(device.deviceId, { brokerTold: true }));
}
