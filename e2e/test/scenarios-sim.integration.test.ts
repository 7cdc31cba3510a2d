// test-timeout: 600 s
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { play } from '@ewon-agent/board-sim/scenario/play';
import { readScenarios } from '@ewon-agent/board-sim/scenario/read-scenario';
import { toUtf8 } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { choose, longestFirst, readCatalogue } from '../src/scenario/catalogue.ts';
import { progressLines } from '../src/scenario/report.ts';
import { setSimStage } from '../src/scenario/sim-stage.ts';

const ROOT = join(import.meta.dirname, '../..');
const catalogue = assertOk(readCatalogue());

suite('scenarios on the simulated board', { timeoutMs: 60_000 }, (test) => {
  for (const scenario of assertOk(choose(catalogue, { board: 'sim', names: [] }))) {
    test(`${scenario.name}: ${scenario.shows}`, async () => {
      const result = await play(scenario, { board: 'sim', setStage: setSimStage, wallMs: () => performance.now() });
      assert.equal(result.outcome, 'passed', progressLines(result).join('\n'));
    });
  }
});

suite('the catalogue of scenarios', (test) => {
  test('the example of docs/scenarios.md is a scenario', () => {
    const page = readFileSync(join(ROOT, 'docs/scenarios.md'), 'utf8');
    const [, example = ''] = /^```json\n(.*?)^```/ms.exec(page) ?? [];
    assert.equal(assertOk(readScenarios(toUtf8(example), 'docs/scenarios.md')).length, 1);
  });

  test('a part of a name, a tag and a board choose; a name that nothing has is refused', () => {
    const names = (choice: Parameters<typeof choose>[1]) => assertOk(choose(catalogue, choice)).map(({ name }) => name);
    assert.deepEqual(names({ board: 'sim', names: ['wrong-k'] }), ['wrong-key']);
    assert.ok(
      names({ board: 'qemu', tag: 'ci', names: [] }).length >= 40,
      'at least 40 on the board with a real kernel',
    );
    assertFault(choose(catalogue, { board: 'sim', names: ['no-such'] }), 'USAGE');
  });
});

suite('the order of scenarios', (test) => {
  test('those that boot most often come first, the others as they stood', () => {
    const names = ['commission-sd', 'power-cut-at-500', 'receipt', 'restored-disk'];
    const some = catalogue.filter(({ name }) => names.includes(name));
    assert.deepEqual(
      longestFirst(some).map(({ name }) => name),
      ['restored-disk', 'power-cut-at-500', 'commission-sd', 'receipt'],
    );
  });
});

suite('npm run scenarios', { timeoutMs: 60_000 }, (test) => {
  const run = (...words: readonly string[]) =>
    spawnSync(process.execPath, ['e2e/src/scenario/main.ts', ...words], { cwd: ROOT, encoding: 'utf8' });

  test('one line per scenario and a summary; the results as JSON and as JUnit XML', () => {
    const dir = mkdtempSync(join(tmpdir(), 'scenarios-'));
    try {
      const junit = join(dir, 'results.xml');
      const ran = run('--json', '--junit', junit, 'wrong-key');
      assert.equal(ran.status, 0, ran.stderr);
      assert.match(ran.stderr, /^ok {3}wrong-key {2}[\d.]+ s\n1 passed, 0 failed, [\d.]+ s\n$/);
      assert.equal(JSON.parse(ran.stdout).outcome, 'passed');
      assert.match(readFileSync(junit, 'utf8'), /<testcase classname="scenarios.sim" name="wrong-key"/);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  test('wrong use is status 2 with what was wrong; help and list play nothing', () => {
    for (const words of [['--board', 'toaster'], ['--tag', 'x'], ['--nonsense'], ['no-such-scenario']]) {
      const ran = run(...words);
      assert.deepEqual([ran.status, ran.stdout], [2, ''], words.join(' '));
      assert.match(ran.stderr, /^USAGE: /);
    }
    assert.match(run('--help').stdout, /Exit status/);
    assert.match(run('--list', 'wrong-key').stdout, /^wrong-key \[ci\]\n {4}A card with a key/);
  });
});
