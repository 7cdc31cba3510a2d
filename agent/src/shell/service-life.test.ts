import { err, ok, type Result } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { startServiceLife } from './service-life.ts';

const WATCHDOG_MS = 30_000;

/** A service whose agent answers when the test says so, at a clock that the test moves. */
async function service({ watchdogMs }: { readonly watchdogMs?: number } = { watchdogMs: WATCHDOG_MS }) {
  const told: string[] = [];
  const logged: string[] = [];
  const due: { readonly atMs: number; readonly call: () => void }[] = [];
  const agent = { settled: () => Promise.resolve(), status: 'registration pending' };
  const manager: { answer: Result<void> } = { answer: ok(undefined) };
  let nowMs = 0;
  const life = await startServiceLife({
    notify: async (assignments) => {
      told.push(assignments.join(' '));
      return manager.answer;
    },
    ...(watchdogMs === undefined ? {} : { watchdogMs }),
    settled: () => agent.settled(),
    status: () => agent.status,
    clock: {
      after(delayMs, call) {
        const timer = { atMs: nowMs + delayMs, call };
        due.push(timer);
        return () => void due.splice(due.indexOf(timer), 1);
      },
    },
    log: { write: (_level, _area, _msg, fields) => void logged.push(String(fields?.['code'] ?? 'none')) },
  });
  async function pass(ms: number) {
    for (const endMs = nowMs + ms; ; ) {
      const next = due.toSorted((a, b) => a.atMs - b.atMs).find(({ atMs }) => atMs <= endMs);
      nowMs = next?.atMs ?? endMs;
      if (!next) return;
      due.splice(due.indexOf(next), 1);
      next.call();
      await new Promise(setImmediate); // what the call began is done when nothing is left to do at once
    }
  }
  return { life, told, logged, agent, manager, pass, waiting: () => due.length };
}

suite('service life', (test) => {
  test('ready is told once, then a sign of life twice in each watchdog time', async () => {
    const { told, pass, agent } = await service();
    assert.deepEqual(told, ['READY=1 STATUS=registration pending']);
    agent.status = 'registration registered';
    await pass(WATCHDOG_MS);
    assert.deepEqual(told.slice(1), Array(2).fill('WATCHDOG=1 STATUS=registration registered'));
  });

  test('an agent that does not get its work done gives no sign of life, and the log says why', async () => {
    const { told, logged, pass, agent } = await service();
    agent.settled = () => new Promise(() => {});
    await pass(10 * WATCHDOG_MS);
    assert.equal(told.length, 1);
    assert.equal(logged[0], 'AGENT_STUCK');
  });

  test('an agent that was only slow gives its sign of life when it answers', async () => {
    const { told, pass, agent } = await service();
    const slow = Promise.withResolvers<void>();
    agent.settled = () => slow.promise;
    await pass(WATCHDOG_MS - 1);
    assert.equal(told.length, 1);
    slow.resolve();
    await pass(WATCHDOG_MS);
    assert.ok(told.length > 2, told.join());
  });

  test('where nobody watches, ready is all that is told', async () => {
    const { told, pass, waiting } = await service({});
    await pass(10 * WATCHDOG_MS);
    assert.deepEqual([told.length, waiting()], [1, 0]);
  });

  test('a manager that does not hear is logged once, and once when it hears again', async () => {
    const { logged, pass, manager } = await service();
    manager.answer = err('SERVICE_UNHEARD', 'x');
    await pass(3 * WATCHDOG_MS);
    manager.answer = ok(undefined);
    await pass(3 * WATCHDOG_MS);
    assert.deepEqual(logged, ['SERVICE_UNHEARD', 'none']);
  });

  test('when told to stop it says so, and gives no sign of life after that', async () => {
    const { life, told, pass, waiting } = await service();
    await life.stop();
    await pass(10 * WATCHDOG_MS);
    assert.deepEqual([told.at(-1), waiting()], ['STOPPING=1', 0]);
  });
});
