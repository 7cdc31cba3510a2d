import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { bundleAgent } from './bundle-agent.ts';

// What an agent without console, modem and receiver holds in memory is what its start imports at once.

/** Words that are in one part each; what imports it on demand does not know them. */
const ON_DEMAND = {
  'the console on a serial port': 'Press Enter.',
  'its login': 'Login incorrect',
  'its commands': 'Show what the agent logs, for some minutes',
  'the machine code for serial ports': 'serialport.node',
  'files over the line': 'ustar',
} as const;
/**
 * Node keeps a longer text outside of its heap, and more of it than it needs: an idle agent grew by 1.7 MB when one file of the
 * bundle came to be longer than 1,031,913 bytes.
 */
const FILE_MAX_BYTES = 1_000_000;

suite('an idle agent', { timeoutMs: 60_000 }, (test) => {
  let dir = '';
  const texts = new Map<string, string>();
  const held = new Set<string>();
  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'idle-'));
    await bundleAgent(dir, process.arch);
    for (const file of readdirSync(dir).filter((name) => name.endsWith('.mjs')))
      texts.set(file, readFileSync(join(dir, file), 'utf8'));
    for (const file of texts.keys()) if (/^(main\.|start-)/.test(file)) hold(file);
  });
  test.after(() => rmSync(dir, { recursive: true }));

  function hold(file: string): void {
    if (held.has(file)) return;
    held.add(file);
    for (const [, imported = ''] of (texts.get(file) ?? '').matchAll(/(?:from|import)\s*"\.\/([^"]+\.mjs)"/g))
      hold(imported);
  }

  test('is the start and what that imports', () => {
    assert.ok(
      [...held].some((file) => file.startsWith('start-')),
      [...held].join(),
    );
    assert.ok(held.size > 10, [...held].join());
  });

  for (const [part, word] of Object.entries(ON_DEMAND))
    test(`does not hold ${part}`, () => {
      const files = [...texts].filter(([, text]) => text.includes(word)).map(([file]) => file);
      assert.ok(files.length > 0, `${word} is nowhere in the bundle`);
      assert.deepEqual(
        files.filter((file) => held.has(file)),
        [],
      );
    });

  test('holds no file so long that Node keeps it elsewhere', () => {
    const long = [...held].filter((file) => Buffer.byteLength(texts.get(file) ?? '') > FILE_MAX_BYTES);
    assert.deepEqual(long, []);
  });
});
