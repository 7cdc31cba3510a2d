import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OutboxEntry } from '@ewon-agent/contracts';
import { assert, assertOk } from '@ewon-agent/contracts/testing';
import { openSqliteOutbox } from '../adapters/outbox-sqlite.ts';
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
  /** Each number ever seen, by epoch, and what it is of. */
  const seen = new Map<string, string>();
  const kept = new Map<string, number>(); // id → group
  const maybeGone = new Set<string>();
  const gone = new Set<string>();
  let epoch = '';
  let group = 0;
  let isSpoilt = false;
  const refused = new Set<number>();
  let hasClosed = false;

  function given(id: string, what: string): void {
    assert.equal(seen.get(id) ?? what, what, `the number ${id} was given twice`);
    seen.set(id, what);
  }

  function heard(line: string): void {
    const [word, ...rest] = line.split(' ');
    if (word === 'epoch') epoch = rest[0] ?? '';
    if (word === 'seq') given(`${epoch} ${rest[0]}`, `seq ${seen.size}`);
    if (word === 'append') group = Number(rest[0]);
    if (word === 'appended' && rest[1] === 'ok') {
      rest.slice(2).forEach((seq, i) => {
        given(`${epoch} ${seq}`, `group ${rest[0]} ${i}`);
        kept.set(`${epoch} ${seq}`, Number(rest[0]));
      });
    }
    if (word === 'appended' && rest[1] !== 'ok') refused.add(Number(rest[0]));
    if (word === 'closed') hasClosed = true;
    if (word === 'remove' || word === 'removed') {
      const [of, from, to, outcome] = rest;
      for (let seq = Number(from); seq <= Number(to); seq += 1) {
        const id = `${of} ${seq}`;
        if (!seen.has(id)) continue; // given later, so it was not there to be removed
        if (word === 'remove') maybeGone.add(id);
        if (outcome === 'ok') gone.add(id);
      }
    }
  }

  return {
    path,
    write(wrapped, end) {
      const [program = process.execPath, ...args] = [
        ...wrapped,
        process.execPath,
        WRITER,
        path,
        `${group + 1}`,
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
          heard(line);
          const words = line.split(' ');
          if (words[0] === 'opened') salvaged = Number(words[1]);
          if (words[0] !== 'appended') continue;
          outcomes.push(words[2] ?? '');
          appended += 1;
        }
        if (end.killAfter !== undefined && appended >= end.killAfter) child.kill('SIGKILL');
      });
      return new Promise((ended) => {
        child.once('close', (_, signal) => ended({ signal, stderr, outcomes, salvaged, isClosed: hasClosed }));
      });
    },
    writeHere(steps) {
      const outcomes: string[] = [];
      writeGroups(
        openSqliteOutbox(path, () => Date.now()),
        { first: group + 1, steps },
        (line) => {
          heard(line);
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
        const there = new Set(entries.map(idOf));
        const lost = [...kept.keys()].filter((id) => !there.has(id) && !maybeGone.has(id));
        if (!isSpoilt) assert.deepEqual(lost, [], `${what}: lost`);
        assert.deepEqual(
          [...gone].filter((id) => there.has(id)),
          [],
          `${what}: came back`,
        );
        checkOrder(entries, what);
        if (!isSpoilt) checkWhole(entries, maybeGone, what);
        for (const entry of entries) {
          const { group: of, i } = JSON.parse(entry.body);
          assert.ok(!hasClosed || !refused.has(of), `${what}: group ${of} was refused and is there`);
          given(idOf(entry), `group ${of} ${i}`);
          group = Math.max(group, of);
        }
        const seq = assertOk(outbox.nextSeq());
        epoch = outbox.epoch;
        hasClosed = false;
        refused.clear(); // what a failed flush has kept all the same is there from now on
        given(`${epoch} ${seq}`, `seq ${seen.size}`);
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

function idOf(entry: OutboxEntry): string {
  return `${entry.epoch} ${entry.seq}`;
}

function checkOrder(entries: readonly OutboxEntry[], what: string): void {
  const order = entries.map(({ body }) => JSON.parse(body)).map(({ group, i }) => group * 1000 + i);
  assert.ok(
    order.every((n, at) => at === 0 || n > (order[at - 1] ?? 0)),
    `${what}: out of order`,
  );
}

/** A group that was not answered is there whole or not at all, but for what was removed of it. */
function checkWhole(entries: readonly OutboxEntry[], removed: ReadonlySet<string>, what: string): void {
  const found = new Map<number, { size: number; there: number; seqs: number[]; epoch: string }>();
  for (const { body, seq, epoch } of entries) {
    const { group, size } = JSON.parse(body);
    const at = found.get(group) ?? { size, there: 0, seqs: [], epoch };
    found.set(group, { ...at, there: at.there + 1, seqs: [...at.seqs, seq] });
  }
  for (const [group, { size, there, seqs, epoch }] of found) {
    const before = Array.from({ length: size - there }, (_, i) => `${epoch} ${(seqs[0] ?? 0) - 1 - i}`);
    assert.ok(
      before.every((id) => removed.has(id)),
      `${what}: ${there} of ${size} of group ${group}`,
    );
  }
}
