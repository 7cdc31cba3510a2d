import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';

const ROOT = join(import.meta.dirname, '..');
const MAN = join(ROOT, 'packaging/deb/files/usr/share/man/man1/ewon-agent.1');
/** For a test suite of others, which knows what it asks for: docs/patches.md. */
const UNTOLD = new Set(['tuf']);

suite('the man page', (test) => {
  test('tells of each command of the agent', () => {
    const main = readFileSync(join(ROOT, 'agent/src/main.ts'), 'utf8');
    const commands = [
      ...main.matchAll(/ program\n {2}\.command\('([\w-]+)'/g),
      ...main.matchAll(/^program\n {2}\.command\('([\w-]+)'/gm),
    ];
    const names = commands.map(([, name = '']) => name).filter((name) => !UNTOLD.has(name));
    assert.ok(names.length > 12, names.join());
    const page = readFileSync(MAN, 'utf8');
    const missing = names.filter((name) => !page.includes(`\n.B ${name.replaceAll('-', '\\-')}`));
    assert.deepEqual(missing, []);
  });
});
