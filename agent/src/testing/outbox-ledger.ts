import type { OutboxEntry } from '@ewon-agent/contracts';
import { assert } from '@ewon-agent/contracts/testing';

/** What writers said of an outbox, and the judgement on what is found in it after any end of theirs. */
export type OutboxLedger = {
  /** The number of the last group that was begun. */
  readonly lastGroup: number;
  /** The last writer came to its end. */
  readonly hasClosed: boolean;
  /** Takes a line of outbox-writer.ts. */
  heard(line: string): void;
  /**
   * Asserts what must hold of what waits: what was answered ok is there, in order, groups whole, and what was removed stays away.
   * @param what names the moment in the error
   * @param damage `spoilt`: somebody has overwritten a page of the file, so that something may be lost
   */
  judge(entries: readonly OutboxEntry[], what: string, damage?: 'spoilt'): void;
  /** Another has opened the outbox and taken a number: from now on it is his. */
  reopened(epoch: string, seq: number): void;
};

/** Begins a ledger on an empty outbox, or on one in which nothing of a writer waits. */
export function createOutboxLedger(): OutboxLedger {
  /** Each number ever seen, by epoch, and what it is of. */
  const seen = new Map<string, string>();
  const kept = new Set<string>();
  const maybeGone = new Set<string>();
  const gone = new Set<string>();
  let epoch = '';
  let group = 0;
  const refused = new Set<number>();
  let hasClosed = false;

  function given(id: string, what: string): void {
    assert.equal(seen.get(id) ?? what, what, `the number ${id} was given twice`);
    seen.set(id, what);
  }

  return {
    get lastGroup() {
      return group;
    },
    get hasClosed() {
      return hasClosed;
    },
    heard(line) {
      const [word, ...rest] = line.split(' ');
      if (word === 'epoch') epoch = rest[0] ?? '';
      if (word === 'seq') given(`${epoch} ${rest[0]}`, `seq ${seen.size}`);
      if (word === 'append') group = Number(rest[0]);
      if (word === 'appended' && rest[1] === 'ok') {
        rest.slice(2).forEach((seq, i) => {
          given(`${epoch} ${seq}`, `group ${rest[0]} ${i}`);
          kept.add(`${epoch} ${seq}`);
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
    },
    judge(entries, what, damage) {
      const there = new Set(entries.map(idOf));
      const lost = [...kept].filter((id) => !there.has(id) && !maybeGone.has(id));
      if (!damage) assert.deepEqual(lost.slice(0, 5), [], `${what}: ${lost.length} lost`);
      assert.deepEqual(
        [...gone].filter((id) => there.has(id)),
        [],
        `${what}: came back`,
      );
      checkOrder(entries, what);
      if (!damage) checkWhole(entries, maybeGone, what);
      for (const entry of entries) {
        const { group: of, i } = JSON.parse(entry.body);
        assert.ok(!hasClosed || !refused.has(of), `${what}: group ${of} was refused and is there`);
        given(idOf(entry), `group ${of} ${i}`);
        group = Math.max(group, of);
      }
    },
    reopened(by, seq) {
      epoch = by;
      hasClosed = false;
      refused.clear(); // what a failed flush has kept all the same is there from now on
      given(`${epoch} ${seq}`, `seq ${seen.size}`);
    },
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
