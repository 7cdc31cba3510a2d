import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { bundle } from './bundle-agent.ts';
import { copySerialBinding } from './serial-binding.ts';

/** Prints what came of opening a port, and which machine code was loaded before and after that. */
const PROGRAM = `
  import { openTty } from '${join(import.meta.dirname, '../agent/src/adapters/serial-tty.ts')}';
  const codes = () => process.report.getReport().sharedObjects.filter((file) => file.endsWith('.node'));
  const before = codes();
  const opened = await openTty({ path: '/nowhere/tty', baud: 9600 });
  process.stdout.write(JSON.stringify({ before, after: codes(), detail: opened.fault.detail }));`;

suite('serial ports in a bundle', { timeoutMs: 30_000 }, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'bundle-'));
  test.after(() => rmSync(dir, { recursive: true }));

  test('are opened by machine code beside it, which is loaded when it is needed', async () => {
    const program = join(dir, 'program.ts');
    writeFileSync(program, PROGRAM);
    const out = join(dir, 'out');
    const { entry } = await bundle(program, out);
    copySerialBinding(out, process.arch);
    const told = JSON.parse(execFileSync(process.execPath, [entry], { encoding: 'utf8' }));
    assert.deepEqual(told.before, []);
    assert.deepEqual(told.after, [join(out, 'serialport.node')]);
    assert.match(told.detail, /^\/nowhere\/tty: No such file or directory/);
  });

  test('cannot be had for a processor that there is no machine code for', () =>
    assert.throws(() => copySerialBinding(dir, 'mips'), /brings nothing for mips/));
});
