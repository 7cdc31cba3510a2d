import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { stripSymbols } from './strip-symbols.ts';

suite('stripping symbols', { timeoutMs: 60_000, needs: ['readelf'] }, (test) => {
  let dir = '';
  let stripped: Buffer;
  const node = readFileSync(process.execPath);
  test.before(() => {
    dir = mkdtempSync(join(tmpdir(), 'strip-'));
    stripped = stripSymbols(node);
    writeFileSync(join(dir, 'node'), stripped, { mode: 0o755 });
  });
  test.after(() => rmSync(dir, { recursive: true }));

  test('leaves a program that runs as before', () => {
    const script = "process.stdout.write(JSON.stringify([process.version, new Intl.NumberFormat('de').format(1e3)]))";
    const [before, after] = [process.execPath, join(dir, 'node')].map((program) =>
      execFileSync(program, ['-e', script], { encoding: 'utf8' }),
    );
    assert.equal(after, before);
  });

  test('leaves a file that binutils find no fault with, with every loaded section and without symbols', () => {
    const sectionsOf = (file: string) =>
      execFileSync('readelf', ['--section-headers', '--wide', file], { encoding: 'utf8', stdio: 'pipe' })
        .split('\n')
        .flatMap(
          (line) => /^ +\[ *\d+\] (\S+) +\w+ +([0-9a-f]{16}) ([0-9a-f]+)/.exec(line)?.slice(1, 4).join(' ') ?? [],
        );
    const after = sectionsOf(join(dir, 'node'));
    const loaded = sectionsOf(process.execPath).slice(0, after.length - 1);
    assert.deepEqual(after.slice(0, -1), loaded);
    assert.match(after.at(-1) ?? '', /^\.shstrtab /);
    assert.ok(after.some((section) => section.startsWith('.bss')));
    assert.ok(!after.some((section) => /^\.(symtab|debug)/.test(section)), after.join('\n'));
    assert.ok(stripped.length < node.length * 0.9, `${stripped.length} of ${node.length} bytes`);
  });

  test('refuses what is no program for 64 bits, and one that is laid out otherwise', () => {
    assert.throws(() => stripSymbols(Buffer.alloc(64)), /not an ELF64/);
    const other = Buffer.from(node);
    other.writeUInt16LE(1, 0x3c); // no sections but the first
    assert.throws(() => stripSymbols(other), /another order/);
  });
});
