import { assert, suite } from '@ewon-agent/contracts/testing';
import { codeOnly, importsOf } from './source-text.ts';

suite('source text', (test) => {
  const kept: Record<string, readonly [source: string, code: string]> = {
    'a line comment goes': ['a // b\nc', 'a     \nc'],
    'a block comment goes, its lines stay': ['a /* b\nc */ d', 'a     \n     d'],
    'a block comment that never ends': ['a /* b', 'a     '],
    'strings keep their quotes': [`f('x', "y\\"z")`, `f(' ', "    ")`],
    'a string cannot hide the next line': [`a = 'x\nDate.now()`, `a = ' \nDate.now()`],
    'a comment inside a string is none': [`a('//b') + c`, `a('   ') + c`],
    'a quote inside a comment opens nothing': [`// don't\nDate.now()`, `        \nDate.now()`],
    'code in a template stays': ['`a ${Date.now()} b` + c', '`  ${Date.now()}  ` + c'],
    'templates nest, braces inside are counted': [
      '`a${f({ b: `c${d}` })}e` + f',
      '`  ${f({ b: ` ${d}` })} ` + f'.replace('  $', ' $'),
    ],
    'an escaped dollar opens nothing': ['`\\${a}` + b', '`     ` + b'],
    'a regular expression goes': ["a = /'[/]'/g.test(b)", 'a = /     /g.test(b)'],
    'a regular expression after return goes': ['return /a/.test(b)', 'return / /.test(b)'],
    'a division stays': ["a / b + 'c' / d", "a / b + ' ' / d"],
    'a division after a bracket stays': ['(a) / b / c', '(a) / b / c'],
    'an apostrophe in a page hides its line only': [`<b>don't</b>\nDate.now()`, `<b>don'     \nDate.now()`],
  };
  for (const [name, [source, code]] of Object.entries(kept)) {
    test(name, () => {
      assert.equal(codeOnly(source), code);
      assert.equal(codeOnly(source).length, source.length);
    });
  }

  const forms: Record<string, readonly [specifier: string, typeOnly: boolean, names: readonly string[]]> = {
    "import { a, type B, c as d } from 'x';": ['x', false, ['a', 'B', 'c']],
    "import type { A } from 'x';": ['x', true, ['A']],
    "import { type A } from 'x';": ['x', false, ['A']],
    "import type A from 'x';": ['x', true, []],
    "import type from 'x';": ['x', false, []],
    'import a, { b } from "x";': ['x', false, ['b']],
    "import * as a from 'x';": ['x', false, []],
    "import 'x';": ['x', false, []],
    "import{a}from'x'": ['x', false, ['a']],
    "import {\n  a,\n} from 'x';": ['x', false, ['a']],
    "import a from 'x' with { type: 'json' };": ['x', false, []],
    "export { a } from 'x';": ['x', false, ['a']],
    "export * from 'x';": ['x', false, []],
    "export type { A } from 'x';": ['x', true, ['A']],
    "const a = await import('x');": ['x', false, []],
    'const a = await import(`x`);': ['x', false, []],
    'const a = await import(b);': ['', false, []],
    "const a = require('x');": ['x', false, []],
    "let a: import('x').A;": ['x', true, []],
    "import /* y */ 'x'; // import 'z'": ['x', false, []],
  };
  for (const [source, [specifier, typeOnly, names]] of Object.entries(forms)) {
    test(`import: ${source.replaceAll('\n', ' ')}`, () => {
      assert.deepEqual(importsOf(`'use strict';\n${source}`), [{ specifier, typeOnly, names, line: 2 }]);
    });
  }

  test('what only looks like an import is none', () => {
    for (const source of [
      'a = "import \'x\'";',
      "// import 'x'",
      "/* import('x') */",
      "Array.from('x')",
      "a.import('x')",
      '`import "x"`',
      "const important = 'x';",
    ]) {
      assert.deepEqual(importsOf(source), [], source);
    }
  });

  test('several imports each have their line', () => {
    const source = "import a from 'a';\nimport b from 'b';\n\nexport const c = 1;\nexport { d } from 'd';\n";
    assert.deepEqual(
      importsOf(source).map(({ specifier, line }) => [specifier, line]),
      [
        ['a', 1],
        ['b', 2],
        ['d', 5],
      ],
    );
  });
});
