import { type DeviceId, deviceIdFrom, MINUTE_MS, type Millis, parseSerial, timestampOf } from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/testing';
import { createRandomNode } from '../adapters/random-node.ts';
import type { LogEntry } from '../core/records.ts';
import { type DatabaseOptions, openDatabase } from '../store/open-database.ts';
import { createVirtualClock } from './clock-virtual.ts';
import { alarmRecord, ewonRecord } from './records.ts';

// An account as a machine builder has it after some years, put into the database of a server that is not running.

const POOLS = ['Default', 'North', 'South', 'Abroad'] as const;
const MODELS = ['Flexy 205', 'Cosy 131', 'Cosy+ WiFi'] as const;
const FIRMWARES = ['14.9s3', '14.6s0', '22.1s3'] as const;
const LINES_AT_ONCE = 2000;
/** Between two lines of the log. */
const LINE_EVERY_MS = MINUTE_MS / 2;

export type ListedFleet = { readonly ewons: number; readonly lines: number };

/**
 * Puts Ewons with what they told, and lines of a log, into the database of an account that was started once.
 * @param say told how far it is
 */
export async function fillWithLists(
  at: Pick<DatabaseOptions, 'stateDir' | 'databaseUrl'>,
  { ewons, lines }: ListedFleet,
  nowMs: Millis,
  say: (text: string) => void = () => {},
): Promise<void> {
  const { store } = await openDatabase({ ...at, clock: createVirtualClock(nowMs), random: createRandomNode() });
  try {
    const [account] = await store.accounts();
    if (!account) throw new Error('this is a bug: no account');
    const { transact } = store.account(account.accountId);
    await transact(async (tx) => {
      for (const pool of POOLS) await tx.addPool(pool);
      await tx.setDocument('logKept', { lines: 100_000_000, days: null });
    });
    const made = Array.from({ length: ewons }, (_, i) => ewonAt(i, nowMs));
    for (let from = 0; from < ewons; from += LINES_AT_ONCE / 10) {
      await transact(async (tx) => {
        for (const ewon of made.slice(from, from + LINES_AT_ONCE / 10)) {
          await tx.insertEwon(ewon);
          const i = made.indexOf(ewon);
          const head = { v: 1, at: timestampOf(nowMs), epoch: 'e1', seq: 2 } as const;
          const { serial, model, firmware, agent, deviceId } = ewon;
          await tx.retain(deviceId, 'inventory', { ...head, serial, model, firmware, agent, slots: [] });
          await tx.retain(deviceId, 'patch', {
            ...{ ...head, state: i % 50 === 0 ? 'failed' : 'idle', agent, window: null },
          } as never);
          if (i % 25 === 0) await tx.keepAlarms([alarmRecord({ deviceId })]);
        }
      });
    }
    say(`${ewons} Ewons`);
    const ids = made.map(({ deviceId }) => deviceId);
    for (let from = 0; from < lines; from += LINES_AT_ONCE) {
      const count = Math.min(LINES_AT_ONCE, lines - from);
      const startMs = nowMs - lines * LINE_EVERY_MS;
      const entries = Array.from({ length: count }, (_, i) => ({
        entry: lineAt(from + i, startMs + (from + i) * LINE_EVERY_MS, ids),
      }));
      await transact((tx) => tx.appendLogs(entries));
      if ((from / LINES_AT_ONCE) % 50 === 49) say(`${from + count} lines`);
    }
  } finally {
    await store.close();
  }
}

function ewonAt(i: number, nowMs: Millis) {
  const id = String(i + 1);
  return ewonRecord({
    deviceId: deviceIdFrom(Buffer.from(`listed ${i}`.padEnd(17))),
    name: `${i % 3 === 0 ? 'Pump' : 'Press'} ${id}`,
    serial: assertOk(parseSerial(`${1500 + Math.floor(i / 10_000)}-${String(i % 10_000).padStart(4, '0')}-21`)),
    pool: POOLS[i % POOLS.length] ?? 'Default',
    description: `Hall ${i % 40}, line ${i % 7}`,
    customFields: [`Customer ${i % 300}`, `Contract ${i % 1000}`, i % 2 === 0 ? 'winter' : 'summer'],
    model: MODELS[i % MODELS.length] ?? '',
    firmware: FIRMWARES[i % FIRMWARES.length] ?? '',
    agent: '0.1.0',
    note: `Batch ${i % 100}`,
    online: i % 5 !== 4,
    lastSeenAt: timestampOf(nowMs - ((i * 7919) % 100_000) * 1000),
  });
}

function lineAt(i: number, atMs: Millis, ids: readonly DeviceId[]): LogEntry {
  const at = timestampOf(atMs);
  if (i % 40 === 0)
    return {
      ...{ at, name: i % 80 === 0 ? 'administrator' : `user${i % 9}`, subject: 'User', severity: 'info', code: null },
      ...{ event: `Pool [P${i}] was added.`, deviceId: null },
    };
  const which = (i * 7919) % ids.length;
  return {
    ...{ at, name: `Press ${which + 1}`, subject: 'Ewon', deviceId: ids[which] ?? null },
    ...(i % 90 === 7
      ? ({
          severity: 'error',
          code: 'UPLINK_UNREACHABLE',
          event: `The account was not reached, try ${i % 13}.`,
        } as const)
      : ({ severity: 'info', code: 'REGISTERED', event: `Ewon [Press ${which + 1}] is online.` } as const)),
  };
}
