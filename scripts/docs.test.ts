import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CODES } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { checkDocs } from './docs.ts';
import { errorsPage } from './docs-rules.ts';
import { ROOT } from './workspaces.ts';

const SOUND = {
  'README.md': '# Top\n[house](ARCHITECTURE.md#the-house) [codes](docs/errors.md) [up](#top) `agent/src/`\n',
  'ARCHITECTURE.md': '# The house\n[back](./README.md)\n',
  'docs/errors.md': errorsPage(CODES),
  'docs/configuration.md': readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8'),
  'docs/scenarios.md': readFileSync(join(ROOT, 'docs/scenarios.md'), 'utf8'),
  'docs/decisions/0001-a.md':
    '# A\nDate: 2026-03-01\nStatus: accepted\n## Background\n## Options\n## Outcome\n[top](../../README.md)\n',
  'agent/src/main.ts': '// nothing\n',
};

suite('documents', (test) => {
  test('docs/errors.md of this repository is what the codes say', () => {
    assert.equal(readFileSync(join(ROOT, 'docs/errors.md'), 'utf8'), errorsPage(CODES), 'run "npm run docs"');
  });

  test('sound documents have no faults', () => assert.deepEqual(faultsOf({}), []));

  const broken: Record<string, readonly [files: Record<string, string>, fault: string]> = {
    'the page of errors is old': [
      { 'docs/errors.md': 'old' },
      'docs/errors.md: differs from contracts/src/codes.ts, run "npm run docs"',
    ],
    'a link leads nowhere': [{ 'docs/a.md': '\n[a](b.md)' }, 'docs/a.md: line 2: link to b.md, which is not there'],
    'a link leaves the repository': [{ 'a.md': '[a](../a.md)' }, 'a.md: line 1: link to ../a.md, which is not there'],
    'a link leads to no heading': [
      { 'a.md': '[a](README.md#bottom)' },
      'a.md: line 1: link to #bottom, which is no heading of README.md',
    ],
    'a path named is not there': [
      { 'README.md': '`agent/src/core/`' },
      'README.md: names `agent/src/core/`, which is not there',
    ],
    'a word stands twice': [{ 'a.md': 'on the the board' }, 'a.md: line 1: "the the" stands twice'],
    'a decision lacks a part': [
      { 'docs/decisions/0002-b.md': 'Date: x\nStatus: x\n# Background\n# Options' },
      'docs/decisions/0002-b.md: has no Outcome',
    ],
    'a script names a host of a registry': [
      { '.ci/run': `fetch deb.${'debian'}.org` },
      '.ci/run: line 1: names the host of a package registry',
    ],
  };
  for (const [name, [files, fault]] of Object.entries(broken)) {
    test(`refused: ${name}`, () => assert.deepEqual(faultsOf(files), [fault]));
  }

  test('what is installed or built is not looked at', () => {
    assert.deepEqual(faultsOf({ 'node_modules/a/README.md': '[a](b.md)', 'agent/dist/a.md': '[a](b.md)' }), []);
  });
});

function faultsOf(files: Record<string, string>): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'docs-'));
  try {
    for (const [path, text] of Object.entries({ ...SOUND, ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return checkDocs(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
