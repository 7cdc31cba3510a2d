import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

// `import { request } from 'node:http'` makes Node read every export of node:http at once, and some of them load what they
// stand for: an HTTP client, HTTP/2, clusters, Web Crypto. An idle agent would hold 5 MiB of what it never uses. Asked for as an object,
// a built-in module loads what is read from it and no more.

const NAMESPACE = 'builtin';
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Makes a plugin that takes from Node's built-in modules only what the bundle reads of them; `import()` and `require` are left alone. */
export const builtinsOnDemand: Plugin = {
  name: 'builtins-on-demand',
  setup(bundle) {
    bundle.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) =>
      kind === 'import-statement' && isBuiltin(path) ? { path, namespace: NAMESPACE, sideEffects: false } : undefined,
    );
    bundle.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({ contents: standIn(path) }));
  },
};

/** A module with the exports of a built-in one, of which a bundler keeps those that are used. */
function standIn(path: string): string {
  const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter(
    (name) => IDENTIFIER.test(name) && name !== 'default',
  );
  return [
    `const whole = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(path)});`,
    'const read = (name) => whole[name];',
    'export default whole;',
    ...names.map((name) => `const $${name} = /* @__PURE__ */ read('${name}'); export { $${name} as ${name} };`),
  ].join('\n');
}
