import type { ScenarioResult } from '@ewon-agent/board-sim/scenario/play';

/** The line of one scenario, and what is needed to understand a failure below it. */
export function progressLines({
  name,
  outcome,
  tookMs,
  steps,
  vitals,
  why,
  saw = [],
}: ScenarioResult): readonly string[] {
  const silence = vitals ? `  silent ${vitals.heartbeatGapMs} ms, memory +${vitals.memoryGrowthKib} KiB` : '';
  const line = `${outcome === 'passed' ? 'ok  ' : 'FAIL'} ${name}  ${seconds(tookMs)}${silence}`;
  if (why === undefined) return [line];
  const told = steps
    .filter(({ outcome: step }) => step !== 'notReached')
    .map(({ atMs, tookMs: stepMs, text, outcome: step }) => `     ${atMs} ms +${stepMs} ms ${step}: ${text}`);
  return [line, `     ${why}`, ...told, ...saw.map((seen) => `     ${seen}`)];
}

/** The last line. */
export function summaryLine(results: readonly ScenarioResult[]): string {
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  const tookMs = results.reduce((sum, result) => sum + result.tookMs, 0);
  return `${results.length - failed} passed, ${failed} failed, ${seconds(tookMs)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
