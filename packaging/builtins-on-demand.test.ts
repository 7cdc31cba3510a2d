import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { bundle } from './bundle-agent.ts';

/** Prints what it was asked to import, and which of Node's modules were loaded for that. */
const PROGRAM = `
  import { strictEqual } from 'assert';
  import http, { request } from 'node:http';
  import * as crypto from 'node:crypto';
  strictEqual(http.request, request);
  process.stdout.write(JSON.stringify({
    took: [typeof request, typeof crypto.randomUUID()],
    loaded: process.moduleLoadList,
  }));`;

suite("Node's built-in modules in a bundle", { timeoutMs: 30_000 }, (test) => {
  let dir = '';
  let told: { took: string[]; loaded: string[] };
  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'bundle-'));
    const program = join(dir, 'program.ts');
    writeFileSync(program, PROGRAM);
    const { entry } = await bundle(program, join(dir, 'out'));
    told = JSON.parse(execFileSync(process.execPath, [entry], { encoding: 'utf8' }));
  });
  test.after(() => rmSync(dir, { recursive: true }));

  test('give what is read of them', () => assert.deepEqual(told.took, ['function', 'string']));

  test('are loaded, without what they could give beside that', () => {
    const isLoaded = (name: string) => told.loaded.includes(`NativeModule ${name}`);
    assert.ok(isLoaded('http') && isLoaded('crypto'), 'not loaded at all');
    assert.deepEqual(['internal/deps/undici/undici', 'internal/crypto/webcrypto'].filter(isLoaded), []);
  });
});
