import { type DeviceAddress, deviceIdFrom, type LogPort } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createBus } from '../bus.ts';
import type { AccountStore, StoreTx } from '../store/store.ts';
import { createVirtualClock } from '../testing/clock-virtual.ts';
import { NOW_MS } from '../testing/facts.ts';
import { accountRow } from '../testing/records.ts';
import { createStrangers } from './strangers.ts';

const { accountId } = accountRow();
const stranger: DeviceAddress = { accountId, deviceId: deviceIdFrom(new Uint8Array(17)) };
const log: LogPort = { write: () => {} };

/** An account that knows no Ewon. @param runs runs a piece of work as the database does it the n-th time */
function unknowing(runs: (n: number, work: () => Promise<unknown>) => Promise<unknown>) {
  let lines = 0;
  let n = 0;
  const tx = {
    ewon: async () => undefined,
    appendLogs: async ([line]: readonly { readonly entry: object }[]) => [{ ...line?.entry, id: ++lines }],
  } as unknown as StoreTx;
  const transact = (work: (tx: StoreTx) => Promise<unknown>) => runs(n++, () => work(tx));
  const store = { accountId, transact } as AccountStore;
  let told = 0;
  const bus = createBus();
  bus.subscribe(() => void told++);
  return { met: createStrangers({ store, bus, clock: createVirtualClock(NOW_MS), log }), told: () => told };
}

suite('devices that nobody knows', (test) => {
  test('each is told once, also when it connects twice at once', async () => {
    const { met, told } = unknowing((_, work) => work());
    await Promise.all([met(stranger), met(stranger)]);
    await met(stranger);
    assert.equal(told(), 1);
  });

  test('what a database took back and ran again is told', async () => {
    const { met, told } = unknowing(async (_, work) => {
      await work();
      return work();
    });
    await met(stranger);
    assert.equal(told(), 1);
  });

  test('what could not be written is told the next time', async () => {
    const { met, told } = unknowing(async (n, work) => {
      await work();
      if (n === 0) throw new Error('disk full');
      return work();
    });
    await assert.rejects(() => met(stranger), /disk full/);
    assert.equal(told(), 0);
    await met(stranger);
    assert.equal(told(), 1);
  });
});
