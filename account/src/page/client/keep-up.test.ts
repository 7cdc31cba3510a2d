import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Answer } from './api.ts';
import type { Ewon } from './api-types.ts';
import { BREATH_MS, keepUp } from './keep-up.ts';
import { anEwon, PROBLEM } from './testing/rows.ts';

type Names = readonly string[];

/** A server whose answers come when they are given, and a clock that goes when it is told. */
function setUp(readAgain = true) {
  let nowMs = 10_000;
  const timers = new Set<{ readonly atMs: number; readonly call: () => void }>();
  const asked: ((answer: Answer<Names>) => Promise<void>)[] = [];
  let shown: { readonly value: Names | undefined; readonly problem: unknown } = {
    value: undefined,
    problem: undefined,
  };
  let shows = 0;
  const keeping = keepUp<Names>({
    clock: {
      now: () => nowMs,
      after(ms, call) {
        const timer = { atMs: nowMs + ms, call };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    change: (names, rows) => (rows.some(({ name }) => names.includes(name)) ? [...names, 'changed'] : names),
    readAgain,
    show: (next) => {
      shown = next;
      shows += 1;
    },
  });
  const question = () =>
    new Promise<Answer<Names>>((resolve) => {
      asked.push(async (answer) => {
        resolve(answer);
        await new Promise(setImmediate);
      });
    });
  return {
    keeping,
    question,
    asked,
    shown: () => shown.value,
    problem: () => shown.problem,
    shows: () => shows,
    hear: (...names: Names) => keeping.hear(names.map((name): Ewon => anEwon({ name }))),
    pass(ms: number) {
      nowMs += ms;
      for (const timer of [...timers]) if (timer.atMs <= nowMs && timers.delete(timer)) timer.call();
    },
  };
}
const names = (...value: Names): Answer<Names> => ({ ok: true, value });

suite('an answer that is kept up to date', (test) => {
  test('what Ewons say is in it at once, and a breath after the last question it is asked again, once', async () => {
    const { keeping, question, asked, shown, hear, pass } = setUp();
    keeping.ask(question);
    await asked[0]?.(names('a'));
    hear('a');
    assert.deepEqual([shown(), asked.length], [['a', 'changed'], 1]);
    for (let i = 0; i < 9; i++) hear('x');
    pass(BREATH_MS - 1);
    assert.equal(asked.length, 1);
    pass(1);
    assert.equal(asked.length, 2);
    await asked[1]?.(names('a', 'x'));
    pass(5 * BREATH_MS);
    assert.deepEqual([shown(), asked.length], [['a', 'x'], 2]);
    hear('b');
    pass(0);
    assert.equal(asked.length, 3, 'after a quiet time at once');
  });

  test('an answer is older than what was heard since it was asked for', async () => {
    const { keeping, question, asked, shown, hear } = setUp();
    keeping.ask(question);
    hear('a');
    await asked[0]?.(names('a'));
    assert.deepEqual(shown(), ['a', 'changed']);
  });

  test('a server that is slow is not asked twice, but again when it has answered', async () => {
    const { keeping, question, asked, hear, pass } = setUp();
    keeping.ask(question);
    hear('a');
    pass(3 * BREATH_MS);
    hear('a');
    assert.equal(asked.length, 1);
    await asked[0]?.(names());
    pass(0);
    assert.equal(asked.length, 2);
  });

  test('of several questions the last one counts, whenever it is answered; the last answer stays in sight until then', async () => {
    const { keeping, question, asked, shown } = setUp();
    keeping.ask(question);
    await asked[0]?.(names('first'));
    keeping.ask(question);
    keeping.ask(question);
    assert.deepEqual(shown(), ['first']);
    await asked[2]?.(names('third'));
    await asked[1]?.(names('second'));
    assert.deepEqual(shown(), ['third']);
    keeping.again();
    keeping.again();
    await asked[3]?.(names('early')); // the same question: shown as soon as it is there
    assert.deepEqual(shown(), ['early']);
    await asked[4]?.(names('late'));
    assert.deepEqual(shown(), ['late']);
  });

  test('a refusal is shown beside what was there, and goes with the next answer', async () => {
    const { keeping, question, asked, shown, problem } = setUp();
    keeping.ask(question);
    await asked[0]?.(names('a'));
    keeping.again();
    await asked[1]?.({ ok: false, status: 0, problem: PROBLEM });
    assert.deepEqual([shown(), problem()], [['a'], PROBLEM]);
    keeping.again();
    await asked[2]?.(names('b'));
    assert.deepEqual([shown(), problem()], [['b'], undefined]);
  });

  test('what need not be read again is not; what nothing changed is not shown again; what is stopped is silent', async () => {
    const { keeping, question, asked, shown, shows, hear, pass } = setUp(false);
    keeping.ask(question);
    await asked[0]?.(names('a'));
    hear('x');
    pass(2 * BREATH_MS);
    assert.deepEqual([asked.length, shows()], [1, 1]);
    keeping.again();
    keeping.stop();
    await asked[1]?.(names('late'));
    assert.deepEqual(shown(), ['a']);
  });
});
