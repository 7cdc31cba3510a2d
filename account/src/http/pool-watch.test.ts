import type { DeviceId, LogPort } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type Change, createBus } from '../bus.ts';
import type { House } from '../house.ts';
import { type Placed, watchPools } from './pool-watch.ts';

const ONE = 'd_one' as DeviceId;
const ewon = (pool: string) => ({ type: 'ewon', id: ONE, row: { deviceId: ONE, pool } }) as unknown as Change;
const line = { type: 'log', id: '1', row: { deviceId: ONE } } as unknown as Change;
const missed: Change = { type: 'missed', id: '' };

/** A watch whose pools are read when the test says so. */
function watched() {
  const bus = createBus();
  const readings: PromiseWithResolvers<ReadonlyMap<DeviceId, string>>[] = [];
  const transact = () => {
    const reading = Promise.withResolvers<ReadonlyMap<DeviceId, string>>();
    readings.push(reading);
    return reading.promise;
  };
  const log: LogPort = { write: () => {} };
  const watch = watchPools({ bus, store: { transact }, log } as unknown as House);
  const read = async (n: number, pool: string) => {
    readings[n]?.resolve(new Map([[ONE, pool]]));
    await settled();
  };
  const follow = () => {
    const told: string[] = [];
    const tell = ({ change, before }: Placed) => told.push(`${change.type} ${before ?? '-'} ${watch.poolOf(ONE)}`);
    return { told, end: watch.follow(tell, () => told.push('lost')) };
  };
  return { bus, readings, read, follow, watch };
}

/** What was ordered to happen next has happened: a macrotask comes after all microtasks. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

suite('pools of Ewons, for streams', (test) => {
  test('are read once for all who follow; what was heard meanwhile is told then', async () => {
    const { bus, readings, read, follow, watch } = watched();
    const [a, b] = [follow(), follow()];
    bus.publish(line);
    await settled();
    assert.deepEqual(a.told, []);
    await read(0, 'North');
    assert.deepEqual([a.told, b.told], [['log - North'], ['log - North']]);
    const c = follow();
    bus.publish(line);
    await settled();
    assert.deepEqual([c.told, readings.length], [['log - North'], 1]);
    for (const { end } of [a, b, c]) end();
    assert.equal(watch.poolOf(ONE), undefined, 'nothing is kept for nobody');
    bus.publish(ewon('South'));
    const d = follow();
    await read(1, 'South');
    assert.deepEqual([d.told, readings.length], [[], 2]);
  });

  test('a line that was published before its Ewon, in one commit, is judged by the pool after it', async () => {
    const { bus, read, follow } = watched();
    const { told } = follow();
    await read(0, 'North');
    bus.publish(line);
    bus.publish(ewon('South'));
    bus.publish(ewon('West'));
    await settled();
    assert.deepEqual(told, ['log - West', 'ewon North West', 'ewon South West']);
  });

  test('are read anew when something was missed; a reading that was overtaken counts for nothing', async () => {
    const { bus, read, follow } = watched();
    const { told } = follow();
    await read(0, 'North');
    bus.publish(missed);
    bus.publish(line);
    bus.publish(missed);
    await read(1, 'North');
    assert.deepEqual(told, []);
    await read(2, 'South');
    assert.deepEqual(told, ['missed - South', 'log - South', 'missed - South']);
  });

  test('that cannot be read end who follows, and whoever comes next has them read', async () => {
    const { bus, readings, read, follow } = watched();
    const first = follow();
    bus.publish(line);
    readings[0]?.reject(new Error('the disk is full'));
    await settled();
    assert.deepEqual(first.told, ['lost']);
    first.end();
    const second = follow();
    await read(1, 'North');
    assert.deepEqual(second.told, []);
  });
});
