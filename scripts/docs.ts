import { existsSync, globSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { CODES } from '@ewon-agent/contracts';
import { configurationPage } from './configuration-page.ts';
import {
  anchorsOf,
  decisionFaults,
  doubledWordsIn,
  errorsPage,
  forbiddenWordsIn,
  linksOf,
  pathsNamedIn,
} from './docs-rules.ts';
import { scenariosPage } from './scenarios-page.ts';
import { ROOT, WORKSPACES } from './workspaces.ts';

// node scripts/docs.ts          checks the documents, says every fault as "file: what"
// node scripts/docs.ts --write  writes the pages that come from code

const SCENARIO_SCHEMA = 'board-sim/src/scenario/scenario.schema.json';
const CONFIG_SCHEMA = 'agent/src/config/agent-config.schema.json';
/** Pages that are written from code, and where that is. */
const WRITTEN_PAGES = [
  { page: 'docs/errors.md', from: 'contracts/src/codes.ts', text: () => errorsPage(CODES) },
  {
    page: 'docs/configuration.md',
    from: CONFIG_SCHEMA,
    text: () => configurationPage(JSON.parse(read(ROOT, CONFIG_SCHEMA))),
  },
  {
    page: 'docs/scenarios.md',
    from: SCENARIO_SCHEMA,
    text: () => scenariosPage(JSON.parse(read(ROOT, SCENARIO_SCHEMA))),
  },
];
const DECISIONS = 'docs/decisions';
const TOP_FOLDERS = [...WORKSPACES, 'docs', 'scripts', 'packaging', '.ci'];
/** What is not ours or not written by hand. */
const NOT_OURS = /(^|\/)(node_modules|\.git|dist|out|artefacts|fixtures)(\/|$)|(^|\/)package-lock\.json$/;
/** A larger file is no text that anybody wrote. */
const TEXT_MAX_BYTES = 2_000_000;

/** Checks all documents below a root; answers faults in words, none when all is well. */
export function checkDocs(root: string): readonly string[] {
  const ours = filesBelow(root);
  const pages = ours.filter((path) => path.endsWith('.md'));
  return [
    ...writtenPageFaults(root),
    ...pages.flatMap((path) => linkFaults(root, path)),
    ...pages.flatMap((path) => doubledWordsIn(read(root, path)).map((fault) => `${path}: ${fault} stands twice`)),
    ...decisionFaults(decisions(root)).map((fault) => `${DECISIONS}/${fault}`),
    ...['README.md', 'ARCHITECTURE.md'].flatMap((path) => pathFaults(root, path)),
    ...ours.flatMap((path) => forbiddenWordsIn(read(root, path)).map((fault) => `${path}: ${fault}`)),
  ];
}

function writtenPageFaults(root: string): readonly string[] {
  return WRITTEN_PAGES.flatMap(({ page, from, text }) => {
    const written = existsSync(join(root, page)) ? read(root, page) : '';
    return written === text() ? [] : [`${page}: differs from ${from}, run "npm run docs"`];
  });
}

function linkFaults(root: string, path: string): readonly string[] {
  return linksOf(read(root, path)).flatMap(({ file, anchor, line }) => {
    const target = file === '' ? path : relative(root, join(root, dirname(path), decodeURIComponent(file)));
    if (target.startsWith('..') || !existsSync(join(root, target)))
      return [`${path}: line ${line}: link to ${file}, which is not there`];
    if (anchor === '' || !target.endsWith('.md') || anchorsOf(read(root, target)).has(anchor)) return [];
    return [`${path}: line ${line}: link to #${anchor}, which is no heading of ${target}`];
  });
}

function pathFaults(root: string, page: string): readonly string[] {
  if (!existsSync(join(root, page))) return [`${page}: is not there`];
  return pathsNamedIn(read(root, page), TOP_FOLDERS)
    .filter((path) => !existsSync(join(root, path)))
    .map((path) => `${page}: names \`${path}\`, which is not there`);
}

function decisions(root: string): Record<string, string> {
  if (!existsSync(join(root, DECISIONS))) return {};
  return Object.fromEntries(
    readdirSync(join(root, DECISIONS)).map((name) => [name, read(root, join(DECISIONS, name))]),
  );
}

function filesBelow(root: string): readonly string[] {
  const found = globSync(['**/*', '**/.*', '.ci/**/*'], { cwd: root, exclude: (path) => NOT_OURS.test(path) });
  return [...new Set(found)].filter((path) => !NOT_OURS.test(path) && isText(join(root, path))).sort();
}

function isText(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size <= TEXT_MAX_BYTES && !readFileSync(file).includes(0);
}

function read(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

if (import.meta.main) {
  if (process.argv.includes('--write'))
    for (const { page, text } of WRITTEN_PAGES) writeFileSync(join(ROOT, page), text());
  const faults = checkDocs(ROOT);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
