import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { findProgram } from '@ewon-agent/contracts/suites/debian';
import { type MissingPackage, missingPackages, programsNamedIn } from './debian-packages.ts';
import { askingSources } from './debian-sources.ts';

// npm run debian: lists the Debian packages that tests need and that are missing. On a terminal it asks before it
// installs them; with YES=1 it installs without asking; otherwise it goes on, and the tests that need them skip.

const missing = missingPackages(programsNamedIn(askingSources()), findProgram);
if (missing.length > 0) {
  say('Some tests need Debian packages that are not installed:');
  for (const { name, programs, neededFor } of missing) say(`  ${name.padEnd(20)} ${programs.join(', ')}: ${neededFor}`);
  process.exitCode = (await wanted()) ? install(missing) : 0;
}

async function wanted(): Promise<boolean> {
  if (process.env['YES'] === '1') return true;
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    say('Their tests will be skipped. YES=1 installs them, or: apt-get install the names above.');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question('Install them with apt-get now? [y/N] ');
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    return false; // Ctrl-D or Ctrl-C at the question is a no
  } finally {
    terminal.close();
  }
}

function install(packages: readonly MissingPackage[]): number {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo'];
  const aptGet = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  const names = packages.map(({ name }) => name);
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...names]]) {
    const [program = '', ...rest] = [...aptGet, ...args];
    const { status, error } = spawnSync(program, rest, { stdio: 'inherit' });
    if (status === 0) continue;
    say(
      `"${program} ${rest.join(' ')}" failed${error ? `: ${error.message}` : ''}. Install by hand: ${names.join(' ')}`,
    );
    return 1;
  }
  return 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
