// test-timeout: 2400 s
// test-alone
import { availableParallelism } from 'node:os';
import { BOARD_PROGRAMS } from '@ewon-agent/board-sim/qemu/build-image';
import { play, type ScenarioResult } from '@ewon-agent/board-sim/scenario/play';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { choose, longestFirst, readCatalogue } from '../src/scenario/catalogue.ts';
import { startAll } from '../src/scenario/in-turn.ts';
import { prepareQemuGround } from '../src/scenario/qemu-ground.ts';
import { setQemuStage } from '../src/scenario/qemu-stage.ts';
import { progressLines } from '../src/scenario/report.ts';

const NEEDS = [
  ...BOARD_PROGRAMS,
  'dpkg-deb',
  'mkfs.vfat',
  'mkfs.exfat',
  'mosquitto',
  'mosquitto_dynamic_security.so',
] as const;
const chosen = assertOk(choose(assertOk(readCatalogue()), { board: 'qemu', tag: 'ci', names: [] }));
const scenarios = longestFirst(chosen);

// several boards at a time: their time is their own, so that they do not hurry each other
suite('scenarios on the board with a real kernel', { needs: NEEDS, timeoutMs: 2_400_000 }, (test) => {
  const results = new Map<string, Promise<ScenarioResult>>();

  test.before(async () => {
    const ground = await prepareQemuGround({ tell: () => {} });
    const playOne = (scenario: (typeof scenarios)[number]) =>
      play(scenario, {
        board: 'qemu',
        setStage: (set) => setQemuStage(set, ground),
        wallMs: () => performance.now(),
      });
    const begun = startAll(scenarios, availableParallelism(), playOne);
    for (const [at, { name }] of scenarios.entries()) results.set(name, begun[at] ?? Promise.reject(new Error(name)));
  });

  for (const { name, shows } of scenarios)
    test(`${name}: ${shows}`, async () => {
      const result = await results.get(name);
      assert.ok(result);
      assert.equal(result.outcome, 'passed', progressLines(result).join('\n'));
    });
});
