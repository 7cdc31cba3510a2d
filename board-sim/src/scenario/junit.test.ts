import { assert, suite } from '@ewon-agent/contracts/testing';
import { junitXml } from './junit.ts';
import type { ScenarioResult } from './play.ts';

const PASSED: ScenarioResult = {
  name: 'good',
  shows: 'All is well.',
  board: 'sim',
  outcome: 'passed',
  tookMs: 1500,
  steps: [{ text: 'power cut', atMs: 0, tookMs: 12, outcome: 'done' }],
};
const FAILED: ScenarioResult = {
  ...PASSED,
  name: 'bad',
  board: 'qemu',
  outcome: 'failed',
  vitals: { heartbeatGapMs: 120, watcherGapMs: 101, memoryGrowthKib: 64 },
  why: 'log has "<\u001b[31m>" & \ud800 more',
};

suite('JUnit XML', (test) => {
  test('one suite per board with its counts, one case per scenario, steps with their times', () => {
    const xml = junitXml([PASSED, FAILED, PASSED]);
    assert.match(xml, /<testsuites tests="3" failures="1" errors="0" skipped="0" time="4.500">/);
    assert.match(xml, /<testsuite name="scenarios.sim" tests="2" failures="0" errors="0" skipped="0" time="3.000">/);
    assert.match(xml, /<testcase classname="scenarios.sim" name="good" time="1.500">\n {6}<system-out>All is well/);
    assert.match(xml, /0 ms \+12 ms done: power cut/);
    assert.match(xml, /longest silence of the agent 120 ms, of the watcher 101 ms; memory \+64 KiB/);
  });

  test('what XML cannot hold is replaced, what it would take for its own is escaped', () => {
    const xml = junitXml([FAILED]);
    assert.ok(xml.includes('<failure message="log has &quot;&lt;\ufffd[31m&gt;&quot; &amp; \ufffd more"/>'), xml);
    assert.ok(xml.isWellFormed());
  });
});
