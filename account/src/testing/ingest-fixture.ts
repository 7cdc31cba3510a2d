import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DeviceId,
  type LogPort,
  readAck,
  timestampOf,
  topicFor,
  toUtf8,
  type UpChannel,
} from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/testing';
import { createBus } from '../bus.ts';
import type { CommandAddress } from '../ingest/batch.ts';
import { createIngest } from '../ingest/ingest.ts';
import type { Room } from '../ingest/waiting.ts';
import { nodeSqliteDialect } from '../store/dialect-node-sqlite.ts';
import type { AccountStore, StoreTx } from '../store/store.ts';
import { openStore } from '../store/store-kysely.ts';
import { createVirtualClock } from './clock-virtual.ts';
import { NOW_MS } from './facts.ts';
import { accountRow, ewonRecord } from './records.ts';

/** An acknowledgement as it was published. */
export type SentAck = {
  readonly topic: string;
  readonly epoch: string;
  readonly ranges: readonly (readonly [number, number])[];
};

export type IngestFixture = Awaited<ReturnType<typeof openIngestFixture>>;

/** Ingest over a store in a file, with linked Ewons and a test's hand on the store. */
export async function openIngestFixture(options: { readonly devices?: number; readonly room?: Room } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'ewon-ingest-'));
  const opened = await openStore(nodeSqliteDialect(join(folder, 'account.sqlite')));
  const row = accountRow();
  await opened.createAccount(row);
  const store = opened.account(row.accountId);
  const ewons = Array.from({ length: options.devices ?? 1 }, () => ewonRecord());
  await store.transact(async (tx) => {
    for (const ewon of ewons) await tx.insertEwon(ewon);
  });
  const hand = {
    /** Stands before each transaction; what it throws is the store's failure. */
    before: async (): Promise<void> => {},
    /** What the store refuses within a transaction, by the text of a line. */
    refuses: (_event: string): boolean => false,
    /** Whether acknowledgements can be sent. */
    publish: async (): Promise<void> => {},
    transactions: 0,
  };
  const handled: AccountStore = {
    accountId: row.accountId,
    async transact(work) {
      hand.transactions += 1;
      await hand.before();
      return store.transact((tx) => work(refusing(tx, (event) => hand.refuses(event))));
    },
  };
  const acks: SentAck[] = [];
  const quarantined: DeviceId[] = [];
  const lines: string[] = [];
  const log: LogPort = { write: (...line) => void lines.push(JSON.stringify(line)) };
  const clock = createVirtualClock(NOW_MS);
  const ended: CommandAddress[] = [];
  const commandEnded = (of: CommandAddress) => void ended.push(of);
  const house = { accountId: row.accountId, store: handled, bus: createBus(), clock, log, commandEnded };
  const ingest = createIngest(
    house,
    async ({ topic, payload, qos, retain }) => {
      await hand.publish();
      if (qos !== 1 || retain) throw new Error('an acknowledgement is QoS 1 and not retained');
      const { epoch, ranges } = assertOk(readAck(toUtf8(payload)));
      acks.push({ topic, epoch, ranges });
    },
    { ...(options.room && { room: options.room }), quarantine: async (id) => void quarantined.push(id) },
  );
  const at = timestampOf(NOW_MS);
  return {
    ...{ accountId: row.accountId, store, hand, acks, ended, quarantined, lines, clock, ingest, bus: house.bus },
    ids: ewons.map(({ deviceId }) => deviceId) as [DeviceId, ...DeviceId[]],
    /** Hands a message over; resolves when it has a place. */
    take: (deviceId: DeviceId, channel: UpChannel, body: object) =>
      ingest.take(
        topicFor({ accountId: row.accountId, deviceId }, channel),
        toUtf8(JSON.stringify({ v: 1, at, ...body })),
      ),
    /** Events of the log, oldest first. */
    events: () => store.transact(async (tx) => (await tx.log({ limit: 1e5 })).map(({ event }) => event)),
    async close() {
      await ingest.close();
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The body of an event whose text is its number. */
export function eventOf(seq: number, epoch = 'e1') {
  return { epoch, seq, code: 'CARD_USABLE', severity: 'info', text: `${epoch} ${seq}` };
}

/** Refuses a line as PostgreSQL refuses one with a NUL in it: the transaction is over. */
function refusing(tx: StoreTx, refuses: (event: string) => boolean): StoreTx {
  return {
    ...tx,
    async appendLogs(lines) {
      if (lines.some(({ entry }) => refuses(entry.event))) throw new Error('invalid byte sequence');
      return tx.appendLogs(lines);
    },
  };
}
