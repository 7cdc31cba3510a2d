import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

const PAGE = join(import.meta.dirname, '../../docs/benchmarks.md');
const HEAD = `# Benchmarks

Written by \`npm run bench\`, not by hand. Each section names its command, when and on what it ran. Absolute figures
belong to that machine; ratios beside a peer in the same run are what can be compared.
`;

/** Writes a section of docs/benchmarks.md in place of the last one of that name; the rest of the page stays. */
export function writeSection(name: string, title: string, body: string): void {
  const command = `npm run bench -- ${name}`;
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`;
  const section = `## ${title}\n\n\`${command}\` · ${new Date().toISOString().slice(0, 10)} · ${machine}\n\n${body.trim()}\n`;
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const page = readIfThere() ?? HEAD;
  const from = page.indexOf(open);
  const to = page.indexOf(close);
  const block = `${open}\n${section}${close}\n`;
  const next =
    from >= 0 && to > from
      ? page.slice(0, from) + block + page.slice(to + close.length + 1)
      : `${page.trimEnd()}\n\n${block}`;
  writeFileSync(PAGE, next);
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function readIfThere(): string | undefined {
  try {
    return readFileSync(PAGE, 'utf8');
  } catch {
    return undefined; // the first section makes the page
  }
}
