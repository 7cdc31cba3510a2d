import { assert, suite } from '@ewon-agent/contracts/testing';
import { RULES } from './import-rules.ts';
import { type Manifests, violationsOf, violationsText } from './imports.ts';

const MANIFESTS: Manifests = {
  '': { devDependencies: { uvu: '1', jose: '1' } },
  contracts: {
    exports: { '.': './src/index.ts', './testing': './src/testing/suite.ts', './suites/*': './src/testing/*.ts' },
    dependencies: { ajv: '1' },
  },
  'sdcard-tools': {
    exports: { './core/*': './src/core/*.ts', './volume/*': './src/volume/*.ts' },
    dependencies: { '@ewon-agent/contracts': '1', 'js-fatfs': '1' },
  },
  agent: {
    exports: { './*': './src/*.ts' },
    dependencies: { '@ewon-agent/contracts': '1', '@ewon-agent/sdcard-tools': '1', mqtt: '1' },
  },
  account: { exports: { './*': './src/*.ts' }, dependencies: { '@ewon-agent/contracts': '1', kysely: '1' } },
  'board-sim': { exports: { './*': './src/*.ts' }, dependencies: { '@ewon-agent/contracts': '1' } },
  e2e: {
    dependencies: { '@ewon-agent/agent': '1', '@ewon-agent/board-sim': '1' },
    devDependencies: { 'playwright-core': '1' },
  },
};

type Row = readonly [path: string, source: string, rule: string];
const REFUSED: readonly Row[] = [
  ['contracts/src/a.ts', "import { b } from '@ewon-agent/agent/core/b';", 'workspaces'],
  ['contracts/src/a.ts', "import { b } from '../../agent/src/core/b.ts';", 'workspaces'],
  ['contracts/src/a.ts', "import { readFileSync } from 'node:fs';", 'contracts compute, they do not act'],
  ['contracts/src/a.ts', "import { readFileSync } from 'fs';", 'contracts compute, they do not act'],
  [
    'contracts/src/a.ts',
    "import { createHash, randomBytes } from 'node:crypto';",
    'contracts compute, they do not act',
  ],
  ['contracts/src/a.ts', "import * as crypto from 'node:crypto';", 'contracts compute, they do not act'],
  ['contracts/src/a.ts', 'await import(name);', 'contracts compute, they do not act'],
  ['contracts/src/a.ts', 'const now = Date.now();', 'no clock, no chance, no process in core'],
  ['contracts/src/a.ts', "import { suite } from 'uvu';", 'declared dependencies'],
  ['contracts/src/a.ts', "import { suite } from './testing/suite.ts';", 'tests stay tests'],
  ['contracts/src/a/index.ts', '', 'no barrels'],
  ['agent/src/core/a.ts', "import { readFileSync } from 'node:fs';", 'core decides, adapters do'],
  ['agent/src/core/a.ts', "import { createHash } from 'node:crypto';", 'core decides, adapters do'],
  ['agent/src/core/a.ts', "import mqtt from 'mqtt';", 'core decides, adapters do'],
  ['agent/src/core/a.ts', "export { connect } from 'mqtt';", 'core decides, adapters do'],
  ['agent/src/core/a.ts', "const a = await import('mqtt');", 'core decides, adapters do'],
  ['agent/src/core/a.ts', 'const a = await import(name);', 'core decides, adapters do'],
  ['agent/src/core/a.ts', "import { b } from '../shell/b.ts';", 'core decides, adapters do'],
  ['agent/src/core/a.ts', "import { b } from '@ewon-agent/sdcard-tools/volume/b';", 'core decides, adapters do'],
  ['agent/src/core/a.ts', "import { suite } from '@ewon-agent/contracts/testing';", 'core decides, adapters do'],
  ['agent/src/core/a.ts', 'const at = new Date();', 'no clock, no chance, no process in core'],
  ['agent/src/core/a.ts', 'const id = `${Math.random()}`;', 'no clock, no chance, no process in core'],
  ['agent/src/core/a.ts', 'setTimeout(again, 5);', 'no clock, no chance, no process in core'],
  ['agent/src/core/a.ts', 'const a = globalThis.Date;', 'no clock, no chance, no process in core'],
  ['agent/src/core/a.ts', "const home = process.env['HOME'];", 'no clock, no chance, no process in core'],
  ['account/src/core/a.ts', "import { db } from '../store/db.ts';", 'core decides, adapters do'],
  ['agent/src/shell/a.ts', "import { slot } from '../adapters/slot-chokidar.ts';", 'shell knows ports, not adapters'],
  ['agent/src/adapters/a.ts', "import { run } from '../shell/runner.ts';", 'adapters do not know shell'],
  ['agent/src/adapters/a.ts', 'process.exit(1);', 'process belongs to main.ts'],
  ['agent/src/adapters/a.ts', "import process from 'node:process';", 'process belongs to main.ts (import)'],
  ['agent/src/adapters/a.ts', "import { b } from '@ewon-agent/account/b';", 'workspaces'],
  ['agent/src/adapters/a.ts', "import { b } from '@ewon-agent/board-sim/b';", 'workspaces'],
  [
    'agent/src/adapters/a.ts',
    "import { b } from '../../../sdcard-tools/src/core/b.ts';",
    'no way around the package name',
  ],
  ['agent/src/adapters/a.ts', "import chokidar from 'chokidar';", 'declared dependencies'],
  ['agent/src/adapters/a.ts', "import * as jose from 'jose';", 'declared dependencies'],
  ['agent/src/core/a.test.ts', "import { b } from '@ewon-agent/account/b';", 'workspaces'],
  ['board-sim/src/a.ts', "import { b } from '@ewon-agent/agent/core/b';", 'workspaces'],
  ['board-sim/src/a.ts', "import type { B } from '@ewon-agent/account/b';", 'workspaces'],
  ['account/src/a.ts', "import { b } from '@ewon-agent/agent/core/b';", 'workspaces'],
  ['account/src/a.ts', "import { b } from '@ewon-agent/board-sim/b';", 'workspaces'],
  ['sdcard-tools/src/core/a.ts', "import { b } from '@ewon-agent/agent/core/b';", 'workspaces'],
  ['account/src/a.ts', 'export default 1;', 'no default exports'],
  ['account/src/a.ts', 'export { a as default };', 'no default exports'],
  ['account/src/web/index.tsx', '', 'no barrels'],
  ['scripts/a.ts', "import { b } from '@ewon-agent/agent/b';", 'workspaces'],
];
const ALLOWED: readonly (readonly [path: string, source: string])[] = [
  [
    'contracts/src/ids.ts',
    "import { createHash } from 'node:crypto';\nimport { ok } from './result.ts';\nimport ajv from 'ajv';",
  ],
  ['contracts/src/units.ts', 'export const at = new Date(atMs).toISOString();'],
  ['contracts/src/index.ts', "export * from './ids.ts';"],
  ['contracts/src/testing/suite.ts', "import { suite } from 'uvu';\nprocess.exit(1);\nsetTimeout(leak, 5);"],
  [
    'agent/src/core/a.ts',
    "import { ok } from '@ewon-agent/contracts';\nimport { b } from './b.ts';\nimport { c } from '@ewon-agent/sdcard-tools/core/c';",
  ],
  ['agent/src/core/a.ts', "import type { MqttClient } from 'mqtt';"],
  [
    'agent/src/core/a.ts',
    "// Date.now() and import 'node:fs' are not for core\nconst text = 'process.exit()';\nstate.process.step = 1;",
  ],
  [
    'agent/src/core/a.test.ts',
    "import { suite } from '@ewon-agent/contracts/testing';\nimport { readFileSync } from 'node:fs';\nimport jose from 'jose';",
  ],
  ['agent/src/shell/a.ts', "import { b } from '../core/b.ts';\nimport type { SlotPort } from '@ewon-agent/contracts';"],
  [
    'agent/src/adapters/uplink-mqtt.ts',
    "import mqtt from 'mqtt';\nimport { b } from '../core/b.ts';\nconst at = Date.now();",
  ],
  ['agent/src/adapters/usage.ts', "import type { Usage } from '../shell/usage.ts';"],
  ['agent/src/main.ts', 'process.exitCode = 1;'],
  ['agent/src/cli/status.ts', 'process.stdout.write(a);'],
  ['agent/bin/ewon-agent.js', "process.exit(2); import('../src/main.ts');"],
  [
    'e2e/src/demo.ts',
    "import { a } from '@ewon-agent/agent/a';\nimport { b } from '@ewon-agent/board-sim/b';\nimport { chromium } from 'playwright-core';",
  ],
  ['scripts/a.ts', "import { CODES } from '@ewon-agent/contracts';\nimport { b } from 'jose';"],
];

suite('import rules', (test) => {
  for (const [path, source, rule] of REFUSED) {
    test(`refused in ${path}: ${source || 'the file itself'}`, () => {
      const rules = violationsOf(path, source, MANIFESTS).map((violation) => violation.rule);
      assert.ok(rules.includes(rule), `expected "${rule}", got ${JSON.stringify(rules)}`);
    });
  }
  for (const [path, source] of ALLOWED) {
    test(`allowed in ${path}: ${source.replaceAll('\n', ' ')}`, () =>
      assert.deepEqual(violationsOf(path, source, MANIFESTS), []));
  }

  test('every rule is broken by some row of this table', () => {
    const broken = new Set(REFUSED.map(([, , rule]) => rule));
    assert.deepEqual(
      RULES.map(({ name }) => name).filter((name) => !broken.has(name)),
      [],
    );
  });

  test('the place, the thing and the reason are said', () => {
    const text = violationsText(
      violationsOf('board-sim/src/a.ts', "\nimport { b } from '@ewon-agent/agent/b';", MANIFESTS),
    );
    assert.match(
      text,
      /^board-sim\/src\/a\.ts:2: import of '@ewon-agent\/agent\/b' breaks "workspaces": a simulator that sees our code agrees/,
    );
  });
});
