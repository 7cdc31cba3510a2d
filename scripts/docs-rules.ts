import type { CODES } from '@ewon-agent/contracts';

// What is checked of documents. Each function takes texts and answers what is wrong, in words.

type CodeTable = Readonly<
  Record<keyof typeof CODES, { readonly severity: string; readonly text: string; readonly next: string }>
>;

/** Writes `docs/errors.md` from the table of codes. */
export function errorsPage(codes: Partial<CodeTable>): string {
  const rows = Object.entries(codes).map(
    ([code, { severity, text, next }]) => `| \`${code}\` | ${severity} | ${cell(text)} | ${cell(next)} |`,
  );
  return [
    '# Codes',
    '',
    'Every outcome and failure that a person may meet. A code never changes its meaning. `error`: a person must act; `warn`: something is',
    'degraded and the product goes on by itself; `info`: a milestone.',
    '',
    'This page is written from `contracts/src/codes.ts` by `npm run docs`; change it there.',
    '',
    '| code | severity | what happened | what to do next |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** A link in a Markdown text that leads into the repository. */
export type Link = { readonly file: string; readonly anchor: string; readonly line: number };

/** Finds the links of a Markdown text, without those to other hosts and without what stands in code. */
export function linksOf(markdown: string): readonly Link[] {
  const text = withoutCode(markdown);
  const targets = [
    ...text.matchAll(/\]\(\s*<?([^()\s>]+)>?(?:\s+"[^"]*")?\s*\)/g),
    ...text.matchAll(/^\s*\[[^\]]+\]:\s+(\S+)/gm),
  ];
  return targets
    .filter(([, target = '']) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
    .map((match) => {
      const [file = '', anchor = ''] = (match[1] ?? '').split('#');
      return { file, anchor, line: text.slice(0, match.index).split('\n').length };
    });
}

/** The anchors that GitHub makes of the headings of a text. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const headings = [...withoutFences(markdown).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
  return new Set(
    headings.map((slug) => {
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    }),
  );
}

/** Says which words stand twice in a row ("the the"), also over a line end. */
export function doubledWordsIn(markdown: string): readonly string[] {
  const text = withoutCode(markdown).replace(/\|/g, ' . ');
  return [...text.matchAll(/(?<![\p{L}\p{N}'’.-])(\p{L}{2,})\s+\1(?![\p{L}\p{N}'’-])/giu)].map(
    (match) => `line ${text.slice(0, match.index).split('\n').length}: "${match[0].replace(/\s+/g, ' ')}"`,
  );
}

const DECISION_PARTS = ['Date', 'Status', 'Background', 'Options', 'Outcome'];

/**
 * Checks `docs/decisions/`: `NNNN-name.md` from 0001 without gaps, each with its parts, as a heading (`## Options`)
 * or a line (`Date: 2026-03-01 · Status: accepted`, also in bold).
 */
export function decisionFaults(pages: Readonly<Record<string, string>>): readonly string[] {
  const faults: string[] = [];
  const names = Object.keys(pages).sort();
  names.forEach((name, index) => {
    const number = String(index + 1).padStart(4, '0');
    if (!/^\d{4}-[a-z0-9-]+\.md$/.test(name)) faults.push(`${name}: not named NNNN-lower-case-words.md`);
    else if (!name.startsWith(number))
      faults.push(`${name}: ${number} is expected here, numbers have no gaps and none is used twice`);
    const missing = DECISION_PARTS.filter(
      (part) => !new RegExp(`(^|· ?)(#{1,6}\\s+|[-*]\\s+)?(\\*\\*)?${part}\\b`, 'm').test(pages[name] ?? ''),
    );
    if (missing.length > 0) faults.push(`${name}: has no ${missing.join(', ')}`);
  });
  return faults;
}

/**
 * Finds what looks like a path of this repository between backticks: it begins with one of its folders, or is a
 * file at its top. Patterns (`*`, `<…>`, `NNNN`, `…`) and commands are left out.
 */
export function pathsNamedIn(markdown: string, topFolders: readonly string[]): readonly string[] {
  const spans = [...withoutFences(markdown).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span.replace(/^\.\//, ''));
  return spans.filter((span) => {
    if (!/^[\w.@/-]+$/.test(span) || /NNNN/.test(span)) return false;
    const [top = '', rest] = span.split('/');
    return rest === undefined
      ? /^([A-Z]+\.md|package\.json|tsconfig\.json|biome\.json|Makefile|LICENSE)$/.test(span)
      : topFolders.includes(top);
  });
}

// Written in pieces so that this file does not contain what it forbids.
const FORBIDDEN: readonly (readonly [pattern: RegExp, what: string])[] = [
  [new RegExp(`(^|[^\\w.])/${'work'}/`, 'm'), 'a path of one machine'],
  [new RegExp(`(^|[^\\w.])/${'root'}/`, 'm'), 'a path of one machine'],
  [new RegExp(`(^|[^\\w.:/-])/${'home'}/(?!(USER|user|pi)\\b)\\w`, 'm'), 'a path of one machine'],
  [new RegExp(`registry\\.${'npmjs'}`, 'i'), 'the host of a package registry'],
  [new RegExp(`${'deb'}\\.${'debian'}`, 'i'), 'the host of a package registry'],
  [new RegExp(`proxy\\.${'golang'}`, 'i'), 'the host of a package registry'],
  [new RegExp(`${'pypi'}\\.org`, 'i'), 'the host of a package registry'],
];

/** Says which forbidden words a file contains, by line. */
export function forbiddenWordsIn(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) =>
    FORBIDDEN.filter(([pattern]) => pattern.test(line)).map(([, what]) => `line ${index + 1}: names ${what}`),
  );
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function withoutCode(markdown: string): string {
  return withoutFences(markdown).replace(/`[^`\n]*`/g, blank);
}

function withoutFences(markdown: string): string {
  return markdown.replace(/^( *)(```|~~~)[\s\S]*?^ *\2/gm, blank).replace(/<!--[\s\S]*?-->/g, blank);
}

/** Lines stay, so that a line number found in the answer holds. `·` is no letter: words around it are apart. */
function blank(text: string): string {
  return text.replace(/[^\n]/g, '·');
}
