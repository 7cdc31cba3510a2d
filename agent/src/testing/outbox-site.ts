import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertOk } from '@ewon-agent/contracts/testing';
import { openSqliteOutbox } from '../adapters/outbox-sqlite.ts';
import { createOutboxLedger } from './outbox-ledger.ts';
import { writeGroups } from './outbox-writer.ts';

const WRITER = new URL('./outbox-writer.ts', import.meta.url).pathname;

/** How a run of the writer ended, and what its last appends came to. */
export type WriterRun = {
  readonly signal: string | null;
  readonly stderr: string;
  readonly outcomes: readonly string[];
  readonly salvaged: number;
  /** It came to its end. */
  readonly isClosed: boolean;
};

/** An outbox that outlives its writers, and what they said of it. */
export type OutboxSite = {
  readonly path: string;
  /** Runs the writer. @param wrapped the program that starts it, such as strace */
  write(wrapped: readonly string[], end: { readonly steps: number; readonly killAfter?: number }): Promise<WriterRun>;
  /** Writes some groups more, in this process, which nothing disturbs. */
  writeHere(steps: number): readonly string[];
  /** Overwrites a page in the middle of the file. */
  spoil(): void;
  /** Asserts what must hold after any end. @returns how many messages wait */
  check(what: string): number;
  remove(): void;
};

export function createOutboxSite(): OutboxSite {
  const dir = mkdtempSync(join(tmpdir(), 'outbox-'));
  const path = join(dir, 'outbox.db');
  const ledger = createOutboxLedger();
  let isSpoilt = false;

  return {
    path,
    write(wrapped, end) {
      const [program = process.execPath, ...args] = [
        ...wrapped,
        process.execPath,
        WRITER,
        path,
        `${ledger.lastGroup + 1}`,
        `${end.steps}`,
      ];
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      const outcomes: string[] = [];
      let [rest, stderr, salvaged, appended] = ['', '', 0, 0];
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      child.stdout.on('data', (chunk) => {
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          ledger.heard(line);
          const words = line.split(' ');
          if (words[0] === 'opened') salvaged = Number(words[1]);
          if (words[0] !== 'appended') continue;
          outcomes.push(words[2] ?? '');
          appended += 1;
        }
        if (end.killAfter !== undefined && appended >= end.killAfter) child.kill('SIGKILL');
      });
      return new Promise((ended) => {
        child.once('close', (_, signal) => ended({ signal, stderr, outcomes, salvaged, isClosed: ledger.hasClosed }));
      });
    },
    writeHere(steps) {
      const outcomes: string[] = [];
      writeGroups(
        openSqliteOutbox(path, () => Date.now()),
        { first: ledger.lastGroup + 1, steps },
        (line) => {
          ledger.heard(line);
          if (line.startsWith('appended ')) outcomes.push(line.split(' ')[2] ?? '');
        },
      );
      return outcomes;
    },
    spoil() {
      const pages = Math.floor(statSync(path).size / 4096);
      const fd = openSync(path, 'r+');
      writeSync(fd, Buffer.alloc(4096, 0xa5), 0, 4096, Math.floor(pages / 2) * 4096);
      closeSync(fd);
      isSpoilt = true;
    },
    check(what) {
      const outbox = openSqliteOutbox(path, () => Date.now());
      try {
        const entries = outbox.waiting(0, 1_000_000);
        ledger.judge(entries, what, isSpoilt ? 'spoilt' : undefined);
        ledger.reopened(outbox.epoch, assertOk(outbox.nextSeq()));
        assert.equal(
          readdirSync(dir).some((name) => name.includes('damaged')),
          isSpoilt,
          what,
        );
        return entries.length;
      } finally {
        outbox.close();
      }
    },
    remove: () => rmSync(dir, { recursive: true }),
  };
}
