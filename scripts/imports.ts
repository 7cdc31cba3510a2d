import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import { mayUseDevelopmentPackages, RULES, type Target, topOf } from './import-rules.ts';
import { codeOnly, type Import, importsOf, lineOf } from './source-text.ts';
import { ROOT, WORKSPACES } from './workspaces.ts';

/** What a package.json says, as far as the rules look at it. */
export type Manifest = {
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};
/** Manifests by workspace; `''` is the root. */
export type Manifests = Readonly<Record<string, Manifest>>;
export type Violation = {
  readonly path: string;
  readonly line: number;
  readonly what: string;
  readonly rule: string;
  readonly reason: string;
};

const SCOPE = '@ewon-agent/';
const DECLARED = {
  name: 'declared dependencies',
  reason: 'what is imported stands in the package.json of its workspace (shipped code: in "dependencies")',
};

/** Checks one source file against all rules. */
export function violationsOf(path: string, source: string, manifests: Manifests): readonly Violation[] {
  const code = codeOnly(source);
  const imports = importsOf(source).map((imported) => ({
    imported,
    target: targetOf(path, imported.specifier, manifests),
  }));
  const found: Violation[] = [];
  for (const rule of RULES.filter(({ files }) => files(path))) {
    const broken = (line: number, what: string): void =>
      void found.push({ path, line, what, rule: rule.name, reason: rule.reason });
    if ('forbidsPath' in rule && rule.forbidsPath(path)) broken(1, path);
    if ('forbidsCode' in rule)
      for (const match of code.matchAll(rule.forbidsCode)) broken(lineOf(code, match.index), match[0]);
    if ('forbidsImport' in rule) {
      for (const { imported, target } of imports)
        if (rule.forbidsImport(target, path, imported)) broken(imported.line, shown(imported));
    }
  }
  for (const { imported, target } of imports) {
    if (isDeclared(path, target, imported, manifests)) continue;
    found.push({ path, line: imported.line, what: shown(imported), rule: DECLARED.name, reason: DECLARED.reason });
  }
  return found;
}

/** Finds out where an import leads. */
export function targetOf(path: string, specifier: string, manifests: Manifests): Target {
  if (specifier === '') return { to: 'computed' };
  if (specifier.startsWith('.')) {
    const leads = posix.normalize(posix.join(posix.dirname(path), specifier));
    return { to: 'workspace', workspace: topOf(leads), path: leads, relative: true };
  }
  if (specifier.startsWith('node:') || builtinModules.includes(specifier))
    return { to: 'node', module: specifier.replace(/^node:/, '') };
  if (specifier.startsWith(SCOPE)) {
    const [workspace = '', ...rest] = specifier.slice(SCOPE.length).split('/');
    return {
      to: 'workspace',
      workspace,
      path: `${workspace}/${exported(manifests[workspace], rest.join('/'))}`,
      relative: false,
    };
  }
  const parts = specifier.split('/');
  return { to: 'package', name: specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '') };
}

function exported(manifest: Manifest | undefined, subpath: string): string {
  const wanted = subpath === '' ? '.' : `./${subpath}`;
  for (const [pattern, file] of Object.entries(manifest?.exports ?? {})) {
    const [head = '', tail] = pattern.split('*');
    if (wanted === pattern) return file.replace(/^\.\//, '');
    if (tail !== undefined && wanted.startsWith(head))
      return file.replace(/^\.\//, '').replace('*', wanted.slice(head.length));
  }
  return subpath;
}

function isDeclared(path: string, target: Target, { typeOnly }: Import, manifests: Manifests): boolean {
  const name =
    target.to === 'package'
      ? target.name
      : target.to === 'workspace' && !target.relative
        ? SCOPE + target.workspace
        : undefined;
  const own = topOf(path);
  if (name === undefined || name === SCOPE + own) return true;
  const shipped = Object.keys(manifests[own]?.dependencies ?? {});
  if (shipped.includes(name)) return true;
  if (!typeOnly && !mayUseDevelopmentPackages(path)) return false;
  const atRoot = !WORKSPACES.includes(own); // scripts and packaging have no package.json of their own
  if (atRoot && target.to === 'workspace') return true;
  return Object.hasOwn({ ...manifests['']?.devDependencies, ...manifests[own]?.devDependencies }, name);
}

function shown({ specifier }: Import): string {
  return specifier === '' ? 'an import that is computed at run time' : `import of '${specifier}'`;
}

function readManifests(): Manifests {
  const read = (folder: string): [string, Manifest] => [
    folder,
    JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')),
  ];
  return Object.fromEntries(['', ...WORKSPACES].map(read));
}

/** Checks every source file of the repository. */
export function checkImports(): readonly Violation[] {
  const manifests = readManifests();
  const files = globSync(
    [...WORKSPACES, 'scripts', 'packaging'].map((folder) => `${folder}/**/*.{ts,tsx,js,mjs}`),
    {
      cwd: ROOT,
      exclude: (path) => /(^|\/)(node_modules|dist|out|fixtures)(\/|$)/.test(path),
    },
  );
  return files.sort().flatMap((path) => violationsOf(path, readFileSync(join(ROOT, path), 'utf8'), manifests));
}

/** Says violations to a person, each rule with its reason. */
export function violationsText(violations: readonly Violation[]): string {
  const lines = violations.map((v) => `${v.path}:${v.line}: ${v.what} breaks "${v.rule}": ${v.reason}\n`);
  return lines.join('');
}

if (import.meta.main) {
  const violations = checkImports();
  process.stderr.write(violationsText(violations));
  process.exitCode = violations.length > 0 ? 1 : 0;
}
