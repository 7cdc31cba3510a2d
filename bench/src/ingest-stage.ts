import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeSqliteDialect } from '@ewon-agent/account/store/dialect-node-sqlite';
import type { AccountStore } from '@ewon-agent/account/store/store';
import { openStore } from '@ewon-agent/account/store/store-kysely';
import { accountRow, ewonRecord } from '@ewon-agent/account/testing/records';
import { type AccountId, type DeviceId, topicFor } from '@ewon-agent/contracts';

/** The channels of which each message counts. */
export type StreamChannel = 'event' | 'telemetry';

export type BenchMessage = {
  readonly deviceId: DeviceId;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly body: Readonly<Record<string, unknown>> & {
    readonly at: string;
    readonly epoch: string;
    readonly seq: number;
  };
};

/** An account with linked Ewons in a file of its own, and what these are going to send. */
export type IngestStage = {
  readonly accountId: AccountId;
  readonly store: AccountStore;
  readonly file: string;
  readonly messages: readonly BenchMessage[];
  close(): Promise<void>;
};

/** Makes the account; its messages are of all devices in turns. */
export async function openIngestStage(options: {
  readonly channel: StreamChannel;
  readonly devices: number;
  readonly count: number;
}): Promise<IngestStage> {
  const { channel, devices, count } = options;
  const dir = mkdtempSync(join(tmpdir(), 'ewon-bench-'));
  const file = join(dir, 'account.sqlite');
  const opened = await openStore(nodeSqliteDialect(file));
  const row = accountRow();
  await opened.createAccount(row);
  const store = opened.account(row.accountId);
  const ewons = Array.from({ length: devices }, () => ewonRecord());
  await store.transact(async (tx) => {
    for (const ewon of ewons) await tx.insertEwon(ewon);
  });
  const messages = Array.from({ length: count }, (_, i): BenchMessage => {
    const { deviceId } = ewons[i % devices] ?? ewonRecord();
    const head = { v: 1, at: '2026-03-01T12:00:00.000Z', epoch: 'e1', seq: i + 1 };
    const body = { ...head, ...(channel === 'event' ? EVENT : TELEMETRY) };
    const topic = topicFor({ accountId: row.accountId, deviceId }, channel);
    return { deviceId, topic, payload: Buffer.from(JSON.stringify(body)), body };
  });
  return {
    ...{ accountId: row.accountId, store, file, messages },
    async close() {
      await opened.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const EVENT = { code: 'CARD_USABLE', severity: 'info', text: 'The card can register an Ewon.' };
const TELEMETRY = {
  samples: Array.from({ length: 10 }, (_, i) => ({ tag: `Line1/Temperature${i}`, value: 20 + i / 10 })),
};
