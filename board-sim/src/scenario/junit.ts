import type { ScenarioResult } from './play.ts';

/**
 * Writes results as JUnit XML, as CI servers read it: one suite per board, one case per scenario, its steps with
 * their times as `system-out`.
 */
export function junitXml(results: readonly ScenarioResult[]): string {
  const boards = [...new Set(results.map(({ board }) => board))];
  const suites = boards.map((board) =>
    suiteOf(
      board,
      results.filter((result) => result.board === board),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${counts(results)}>\n${suites.join('')}</testsuites>\n`;
}

function suiteOf(board: string, results: readonly ScenarioResult[]): string {
  return `  <testsuite name="scenarios.${board}"${counts(results)}>\n${results.map(caseOf).join('')}  </testsuite>\n`;
}

function caseOf({ name, board, shows, tookMs, steps, vitals, why, saw = [] }: ScenarioResult): string {
  const said = [
    shows,
    ...steps.map(({ atMs, tookMs: stepMs, outcome, text }) => `${atMs} ms +${stepMs} ms ${outcome}: ${text}`),
    ...(vitals
      ? [
          `longest silence of the agent ${vitals.heartbeatGapMs} ms, of the watcher ${vitals.watcherGapMs} ms; memory +${vitals.memoryGrowthKib} KiB`,
        ]
      : []),
    ...saw,
  ].join('\n');
  return [
    `    <testcase classname="scenarios.${board}" name="${xml(name)}" time="${seconds(tookMs)}">`,
    ...(why === undefined ? [] : [`      <failure message="${xml(why)}"/>`]),
    `      <system-out>${xml(said)}</system-out>`,
    '    </testcase>\n',
  ].join('\n');
}

function counts(results: readonly ScenarioResult[]): string {
  const failures = results.filter(({ outcome }) => outcome === 'failed').length;
  const tookMs = results.reduce((sum, result) => sum + result.tookMs, 0);
  return ` tests="${results.length}" failures="${failures}" errors="0" skipped="0" time="${seconds(tookMs)}"`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no way to write most control characters and lone surrogates (§2.2), so they are shown as U+FFFD. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
