import type { Import } from './source-text.ts';

// The dependency rule as data: contracts ◀ */core ◀ shell ◀ main; adapters know contracts and one package.
// Each rule carries its reason, which is printed when it is broken.

/** Where an import leads. */
export type Target =
  | { readonly to: 'workspace'; readonly workspace: string; readonly path: string; readonly relative: boolean }
  | { readonly to: 'node'; readonly module: string }
  | { readonly to: 'package'; readonly name: string }
  | { readonly to: 'computed' };

export type Rule = {
  readonly name: string;
  readonly reason: string;
  /** Tells which files the rule is about, by their path below the root. */
  readonly files: (path: string) => boolean;
} & (
  | { readonly forbidsImport: (target: Target, path: string, imported: Import) => boolean }
  | { readonly forbidsCode: RegExp }
  | { readonly forbidsPath: (path: string) => boolean }
);

/** What each workspace may import of the others; only e2e and bench, which are not here, join several parts. */
export const WORKSPACE_IMPORTS: Readonly<Record<string, { readonly may: readonly string[]; readonly reason: string }>> =
  {
    contracts: { may: [], reason: 'contracts is what everybody else stands on' },
    'sdcard-tools': {
      may: ['contracts'],
      reason: 'the card is read the same way by agent and account, so it knows neither',
    },
    'firmware-bridge': { may: ['contracts'], reason: 'it speaks to the Ewon, whoever asks' },
    'board-sim': { may: ['contracts'], reason: 'a simulator that sees our code agrees with our mistakes' },
    agent: {
      may: ['contracts', 'sdcard-tools', 'firmware-bridge'],
      reason: 'the agent runs on a board that has no account and no simulator',
    },
    account: {
      may: ['contracts', 'sdcard-tools'],
      reason: 'account and agent agree on contracts only; sharing code would hide a break of the wire',
    },
    scripts: { may: ['contracts'], reason: 'the checks must run while the product is broken' },
    packaging: { may: ['contracts'], reason: 'packaging starts programs, it does not call them' },
  };

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path) || /\/(testing|test)\//.test(path);
const isCore = (path: string): boolean => /^[^/]+\/src\/core\//.test(path) && !isTest(path);
const isContracts = (path: string): boolean => path.startsWith('contracts/src/') && !isTest(path);
const isShipped = (path: string): boolean => !isTest(path) && !/^(scripts|e2e|bench|packaging)\//.test(path);

/** What tests may use and shipped code may not. */
const isForTests = (target: Target): boolean => target.to === 'workspace' && isTest(target.path);

export const RULES: readonly Rule[] = [
  ...Object.entries(WORKSPACE_IMPORTS).map(([own, { may, reason }]) => ({
    name: 'workspaces',
    reason,
    files: (path: string) => topOf(path) === own,
    forbidsImport: (target: Target) =>
      target.to === 'workspace' && target.workspace !== own && !may.includes(target.workspace),
  })),
  {
    name: 'no way around the package name',
    reason: 'another workspace is imported by its name, so that package.json tells what depends on what',
    files: (path) => topOf(path) !== 'scripts',
    forbidsImport: (target, path) => target.to === 'workspace' && target.relative && target.workspace !== topOf(path),
  },
  {
    name: 'core decides, adapters do',
    reason:
      'core takes values and returns values: it imports contracts and core, no node:*, no npm package (types and schemas excepted)',
    files: isCore,
    forbidsImport: (target, path, { typeOnly }) => {
      if (target.to !== 'workspace') return !typeOnly;
      if (target.workspace === 'contracts') return isForTests(target);
      // a schema is a value that nobody computed: the one place for the names of a configuration
      if (target.workspace === topOf(path) && target.path.endsWith('.schema.json')) return false;
      if (target.workspace === topOf(path)) return !target.path.startsWith(`${topOf(path)}/src/core/`);
      return !target.path.startsWith(`${target.workspace}/src/core/`);
    },
  },
  {
    name: 'no clock, no chance, no process in core',
    reason:
      'time, ids and randomness come in the event, so that a test can choose them and a crash can be played again',
    files: (path) => isCore(path) || isContracts(path),
    forbidsCode:
      /(?<![.\w$])(?:Date\.now|new Date\(\s*\)|Date\(\s*\)|Math\.random|set(?:Timeout|Interval|Immediate)\s*\(|queueMicrotask\s*\(|performance\.|process\b(?=\s*[.[])|crypto\.|fetch\s*\(|globalThis\.)/g,
  },
  {
    name: 'contracts compute, they do not act',
    reason: 'of node:* contracts use only node:crypto, and of that nothing random',
    files: isContracts,
    forbidsImport: (target, _path, { names }) =>
      (target.to === 'node' &&
        (target.module !== 'crypto' ||
          names.length === 0 ||
          names.some((name) => /random|^generate|webcrypto|subtle/i.test(name)))) ||
      target.to === 'computed',
  },
  {
    name: 'shell knows ports, not adapters',
    reason: 'the wiring cannot tell a simulator from hardware only if nothing but main.ts picks adapters',
    files: (path) => path.startsWith('agent/src/shell/') && !isTest(path),
    forbidsImport: (target) => target.to === 'workspace' && /^agent\/src\/(adapters\/|main\.ts)/.test(target.path),
  },
  {
    name: 'adapters do not know shell',
    reason: 'an adapter is one port and one npm package; main.ts joins them (types of shell are fine)',
    files: (path) => path.startsWith('agent/src/adapters/') && !isTest(path),
    forbidsImport: (target, _path, { typeOnly }) =>
      !typeOnly && target.to === 'workspace' && /^agent\/src\/(shell\/|main\.ts)/.test(target.path),
  },
  {
    name: 'process belongs to main.ts',
    reason: 'everything else gets what it needs as an argument, so it also runs in a test',
    files: (path) => /^agent\/src\//.test(path) && !/^agent\/src\/(main\.ts|cli\/)/.test(path) && !isTest(path),
    forbidsCode: /(?<![.\w$])process\b(?=\s*[.[])/g,
  },
  {
    name: 'process belongs to main.ts (import)',
    reason: 'everything else gets what it needs as an argument, so it also runs in a test',
    files: (path) => /^agent\/src\//.test(path) && !/^agent\/src\/(main\.ts|cli\/)/.test(path) && !isTest(path),
    forbidsImport: (target) => target.to === 'node' && target.module === 'process',
  },
  {
    name: 'tests stay tests',
    reason: 'what is shipped does not carry its tests along',
    files: isShipped,
    forbidsImport: (target) => isForTests(target),
  },
  {
    name: 'no default exports',
    reason: 'a thing has one name everywhere',
    files: () => true,
    forbidsCode: /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/g,
  },
  {
    name: 'no barrels',
    reason: 'an import says in which file a thing lives; contracts/src/index.ts is the only exception',
    files: (path) => path !== 'contracts/src/index.ts',
    forbidsPath: (path) => /(^|\/)index\.tsx?$/.test(path),
  },
];

/** The first folder of a path. */
export function topOf(path: string): string {
  return path.split('/')[0] ?? '';
}

/** Tells whether a file is a test or made for tests, which may use development packages. */
export function mayUseDevelopmentPackages(path: string): boolean {
  return !isShipped(path);
}
