import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Spread } from './statistics.ts';

const PAGE = join(import.meta.dirname, '../../docs/benchmarks.md');
const HEAD = `# Benchmarks

Written by \`npm run bench\`, not by hand. Each section names its command, when and on what it ran. Absolute figures
belong to that machine; ratios beside a peer in the same run are what can be compared.
`;

export type Section = { readonly name: string; readonly title: string; readonly body: string };

/** Writes a section of docs/benchmarks.md in place of the last one of that name; the rest of the page stays. */
export function writeSection(section: Section): void {
  writeFileSync(PAGE, withSection(readIfThere(), section, `${new Date().toISOString().slice(0, 10)} · ${machine()}`));
}

/**
 * Puts a section into a page: in place of the one of that name, else at the end.
 * @param page the page as it is; undefined makes one
 * @param ranOn when and on what it was measured
 */
export function withSection(page: string | undefined, { name, title, body }: Section, ranOn: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const block = `${open}\n## ${title}\n\n\`npm run bench -- ${name}\` · ${ranOn}\n\n${body.trim()}\n${close}\n`;
  const before = page ?? HEAD;
  const from = before.indexOf(open);
  const to = before.indexOf(close);
  if (from < 0 || to < from) return `${before.trimEnd()}\n\n${block}`;
  return before.slice(0, from) + block + before.slice(to + close.length).replace(/^\n/, '');
}

/** A table in Markdown; the first column is words, the others are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

/** What the cells of {@link spreadCells} are. */
export const SPREAD_HEAD = ['n', 'median', 'p5', 'p95', 'min', 'max'] as const;

/** A spread as cells of a table, with three digits that count. */
export function spreadCells({ n, ...rest }: Spread): readonly string[] {
  const { median, p5, p95, min, max } = rest;
  return [String(n), ...[median, p5, p95, min, max].map(figure)];
}

/** A figure with three digits that count, or all before the point. */
export function figure(value: number): string {
  const before = Math.max(1, Math.floor(Math.log10(Math.max(Math.abs(value), 1))) + 1);
  return value.toFixed(Math.max(0, 3 - before));
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores (${model}), ${memory} GiB, Linux ${release().split('-')[0]}, Node ${process.version}`;
}

function readIfThere(): string | undefined {
  try {
    return readFileSync(PAGE, 'utf8');
  } catch {
    return undefined; // the first section makes the page
  }
}
