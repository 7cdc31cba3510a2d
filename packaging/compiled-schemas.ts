import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build, type Plugin, transform } from 'esbuild';

// Schemas compiled while bundling. The compiler (ajv) is the largest part of an idle agent, 4 of 35 MiB, and 0.1 s of
// its start; the functions that it makes are small. What it makes is the same code, so nothing is judged differently.

const CONTRACTS = join(import.meta.dirname, '../contracts');
const fromContracts = createRequire(join(CONTRACTS, 'package.json'));
const VALIDATE = join(CONTRACTS, 'src/validate.ts');
const AJV = fromContracts.resolve('ajv');
const SCHEMA_KEY = join(import.meta.dirname, 'schema-key.ts');
const STANDALONE = fromContracts.resolve('ajv/dist/standalone');

/** The key of a schema, and the source of the module that ajv makes of it. */
type Compiled = { readonly key: string; readonly code: string };

/**
 * Makes a plugin that puts compiled schemas in the place of their compiler.
 * @param options how the bundle is made
 * @param entry its entry, by its whole path; it is not run, everything of ours that it imports is
 */
export async function compiledSchemas(options: BuildOptions, entry: string): Promise<Plugin> {
  const compiled = await compileAll(options, await modulesOf(options, entry));
  return {
    name: 'compiled-schemas',
    setup(bundle) {
      bundle.onResolve({ filter: /^ajv$/ }, ({ path }) => ({ path, namespace: 'compiled-schemas' }));
      bundle.onResolve({ filter: /^compiled-schema:/ }, ({ path }) => ({ path, namespace: 'compiled-schemas' }));
      bundle.onLoad({ filter: /^ajv$/, namespace: 'compiled-schemas' }, () => ({
        contents: lookUp(compiled),
        resolveDir: CONTRACTS,
      }));
      bundle.onLoad({ filter: /^compiled-schema:/, namespace: 'compiled-schemas' }, ({ path }) => ({
        contents: compiled[Number(path.split(':')[1])]?.code ?? '',
        resolveDir: CONTRACTS,
      }));
    },
  };
}

/** What stands in for ajv: it finds what was compiled, and compiles nothing. */
function lookUp(compiled: readonly Compiled[]): string {
  const imports = compiled.map((_, i) => `import { validate as v${i} } from 'compiled-schema:${i}';`);
  const entries = compiled.map(({ key }, i) => `[${JSON.stringify(key)}, v${i}]`);
  return `${imports.join('\n')}
    import { schemaKey } from ${JSON.stringify(SCHEMA_KEY)};
    const compiled = new Map([${entries.join(',\n')}]);
    export class Ajv {
      compile(schema) {
        const found = compiled.get(schemaKey(schema));
        if (!found) throw new Error('this is a bug: a schema that was not compiled with the bundle');
        return found;
      }
    }`;
}

/** Our own source files that are in the bundle, without the entry. */
async function modulesOf(options: BuildOptions, entry: string): Promise<readonly string[]> {
  const { metafile } = await build({ ...options, write: false, metafile: true });
  const files = Object.keys(metafile.inputs).map((file) => join(options.absWorkingDir ?? process.cwd(), file));
  return files.filter((file) => file.endsWith('.ts') && file !== entry && !file.includes('/node_modules/'));
}

/** Imports the modules with readers that compile at once, and takes down what is compiled. */
async function compileAll(options: BuildOptions, modules: readonly string[]): Promise<readonly Compiled[]> {
  const dir = `${options.outdir}.schemas`;
  const contents = [...modules.map((file) => `import ${JSON.stringify(file)};`), `export { compiled } from 'ajv';`];
  const { entryPoints: _, ...same } = options;
  const stdin = { contents: contents.join('\n'), resolveDir: CONTRACTS, sourcefile: 'compile-all.ts' };
  await build({ ...same, stdin, outdir: dir, splitting: false, plugins: [compilingAtOnce] });
  const { compiled } = await import(pathToFileURL(join(dir, 'stdin.mjs')).href);
  rmSync(dir, { recursive: true });
  const once = eachOnce(compiled);
  // nobody reads this code in a trace, and an idle agent holds its text
  return Promise.all(
    once.map(async ({ key, code }) => ({ key, code: (await transform(code, { minify: true })).code })),
  );
}

/** @throws where two schemas have one key */
function eachOnce(compiled: readonly (Compiled & { readonly schema: string })[]): readonly Compiled[] {
  const schemas = new Map<string, string>();
  return compiled.filter(({ key, schema }) => {
    const there = schemas.get(key);
    if (there !== undefined && there !== schema) throw new Error('two schemas have the same key: change schema-key.ts');
    schemas.set(key, schema);
    return there === undefined;
  });
}

const compilingAtOnce: Plugin = {
  name: 'compiling-at-once',
  setup(bundle) {
    const namespace = 'compiling-at-once';
    // the stand-ins import what they stand for by its whole path
    bundle.onResolve({ filter: /^ajv$|\/validate\.ts$/ }, ({ path, namespace: from }) =>
      from === namespace ? undefined : { path: path === 'ajv' ? 'ajv' : 'validate', namespace },
    );
    bundle.onLoad({ filter: /^validate$/, namespace }, () => ({ contents: AT_ONCE, resolveDir: CONTRACTS }));
    bundle.onLoad({ filter: /^ajv$/, namespace }, () => ({ contents: NOTING, resolveDir: CONTRACTS }));
  },
};

const AT_ONCE = `
  import * as real from ${JSON.stringify(VALIDATE)};
  export * from ${JSON.stringify(VALIDATE)};
  export function reader(schema, code) { const read = real.reader(schema, code); read(null); return read; }
  export function jsonReader(schema, code) { real.reader(schema)(null); return real.jsonReader(schema, code); }`;

const NOTING = `
  import { Ajv as Real } from ${JSON.stringify(AJV)};
  import standaloneCode from ${JSON.stringify(STANDALONE)};
  import { schemaKey } from ${JSON.stringify(SCHEMA_KEY)};
  export const compiled = [];
  // what is said of a value judges nothing, and the code holds whole schemas
  const bare = (schema) => JSON.parse(JSON.stringify(schema, (name, value) =>
    name === 'description' && typeof value === 'string' ? undefined : value));
  export class Ajv extends Real {
    constructor(options) { super({ ...options, code: { source: true, esm: true } }); }
    compile(schema) {
      const check = super.compile(bare(schema));
      compiled.push({ key: schemaKey(schema), schema: JSON.stringify(schema), code: standaloneCode(this, check) });
      return check;
    }
  }`;
