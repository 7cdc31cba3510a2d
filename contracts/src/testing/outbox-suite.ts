import type { OutboxEntry, OutboxMessage, OutboxPort } from '../ports/outbox.ts';
import { assert, assertFault, assertOk, suite } from './suite.ts';

/** A place for one outbox, empty at first. */
export type OutboxFixture = {
  /** Opens the outbox of this place; the one opened before was closed, or lost its power. */
  open(): OutboxPort;
  /** Ends what is open as a power cut does: nothing of it comes after. */
  cutPower?(): void;
  /** Spoils what is stored, while nothing has it open. `partly` leaves something to read; `lost` takes all away. */
  spoil?(how: 'damaged' | 'partly' | 'lost'): void;
  /** Tells whether what was damaged is still kept somewhere. */
  keepsDamaged?(): boolean;
  /** Lets the disk take nothing more, until it is called again with `room`. */
  fill?(disk: 'full' | 'room'): void;
  /** The newest alarms and events that are kept at least. */
  readonly keepEvents: number;
  close?(): unknown;
};

/** A message that is told from others by its number. */
export function outboxMessage(n: number, kind: OutboxMessage['kind'] = 'telemetry'): OutboxMessage {
  return { kind, atMs: 1_700_000_000_000 + n, body: JSON.stringify({ n, text: 'Halle Süd 😀 \u0000' }) };
}

/** Numbers of the messages that entries are of. */
export function numbersOf(entries: readonly OutboxEntry[]): readonly number[] {
  return entries.map(({ body }) => JSON.parse(body).n);
}

const EVERYTHING = 1_000_000;
const all = (outbox: OutboxPort) => outbox.waiting(0, EVERYTHING);
const many = (from: number, to: number, kind?: OutboxMessage['kind']) =>
  Array.from({ length: to - from + 1 }, (_, i) => outboxMessage(from + i, kind));
const isRising = (values: readonly number[]) => values.every((value, i) => i === 0 || value > (values[i - 1] ?? 0));

/** The obligations of {@link OutboxPort}; ends at any system call need a process that can be killed: outbox-sqlite.integration.test.ts. */
export function outboxSuite(name: string, makeFixture: () => OutboxFixture | Promise<OutboxFixture>): void {
  suite(name, (test) => {
    type Body = (place: OutboxFixture, open: () => OutboxPort) => void;
    const on = (sentence: string, body: Body) =>
      test(sentence, async () => {
        const place = await makeFixture();
        let last: OutboxPort | undefined;
        try {
          body(place, () => {
            last = place.open();
            return last;
          });
        } finally {
          last?.close();
          await place.close?.();
        }
      });
    const reopen = (outbox: OutboxPort, open: () => OutboxPort) => {
      outbox.close();
      return open();
    };

    on('a new outbox holds nothing', (_, open) => {
      const outbox = open();
      const nothing = { count: 0, bytes: 0 };
      assert.deepEqual([...all(outbox), ...outbox.recentEvents(10), ...outbox.oldest('alarm', 10)], []);
      assert.deepEqual(outbox.totals(), { alarm: nothing, event: nothing, telemetry: nothing });
      assert.deepEqual(outbox.opened, { salvaged: 0 });
      assert.ok(outbox.epoch.length > 0 && outbox.epoch.length <= 40);
      assert.deepEqual(assertOk(outbox.append([])), []);
    });

    on('what was appended waits as it was given, in order, at once and after it was opened again', (_, open) => {
      const outbox = open();
      const given = [outboxMessage(1), outboxMessage(2, 'alarm'), outboxMessage(3, 'event'), outboxMessage(4)];
      const entries = [...assertOk(outbox.append(given.slice(0, 3))), ...assertOk(outbox.append(given.slice(3)))];
      assert.deepEqual(
        entries.map(({ kind, atMs, body }) => ({ kind, atMs, body })),
        given,
      );
      assert.ok(entries.every(({ epoch }) => epoch === outbox.epoch));
      assert.ok(isRising(entries.map(({ place }) => place)) && isRising(entries.map(({ seq }) => seq)));
      assert.deepEqual(all(outbox), entries);
      assert.deepEqual(all(reopen(outbox, open)), entries);
    });

    on('a thousand messages and a body of 200 KB are taken in one call', (_, open) => {
      const outbox = open();
      const large = { ...outboxMessage(1001), body: JSON.stringify({ n: 1001, text: 'x'.repeat(200_000) }) };
      const entries = assertOk(outbox.append([...many(1, 1000), large]));
      assert.deepEqual(all(reopen(outbox, open)), entries);
    });

    on('what waits is read in pieces, across kinds, in order of place', (_, open) => {
      const outbox = open();
      const kinds = ['telemetry', 'event', 'telemetry', 'alarm', 'event'] as const;
      const entries = assertOk(outbox.append(kinds.map((kind, i) => outboxMessage(i + 1, kind))));
      const read: OutboxEntry[] = [];
      for (let piece = outbox.waiting(0, 2); piece.length > 0; piece = outbox.waiting(read.at(-1)?.place ?? 0, 2))
        read.push(...piece);
      assert.deepEqual(read, entries);
    });

    on('seq counts up from 1 and gives no number twice, also over openings', (_, open) => {
      let outbox = open();
      const { epoch } = outbox;
      const given: number[] = [];
      for (let round = 0; round < 4; round += 1) {
        given.push(assertOk(outbox.nextSeq()));
        given.push(...assertOk(outbox.append(many(1, 3))).map(({ seq }) => seq));
        given.push(assertOk(outbox.nextSeq()), assertOk(outbox.nextSeq()));
        outbox = reopen(outbox, open);
        assert.equal(outbox.epoch, epoch);
      }
      assert.equal(given[0], 1);
      assert.ok(isRising(given), given.join());
    });

    on('a place is not given twice, also when the last message is gone', (_, open) => {
      let outbox = open();
      const places: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        const entry = assertOk(outbox.append([outboxMessage(round)]))[0];
        places.push(entry?.place ?? 0);
        assertOk(outbox.remove(outbox.epoch, [[1, entry?.seq ?? 0]]));
        outbox = reopen(outbox, open);
      }
      assert.ok(isRising(places), places.join());
    });

    on('what was answered ok is there after a power cut, and no number is given twice', (place, open) => {
      if (!place.cutPower) return; // a power cut that the fixture cannot make
      const seqs: number[] = [];
      for (let round = 0; round < 4; round += 1) {
        const outbox = open();
        assert.deepEqual(numbersOf(all(outbox)), [...Array(round * 10).keys()]);
        seqs.push(assertOk(outbox.nextSeq()));
        seqs.push(...assertOk(outbox.append(many(round * 10, round * 10 + 9))).map(({ seq }) => seq));
        seqs.push(assertOk(outbox.nextSeq()));
        place.cutPower();
      }
      assert.ok(isRising(seqs), seqs.join());
    });

    on('what the account has committed is gone for ever, what it has not stays', (_, open) => {
      let outbox = open();
      const { epoch } = outbox;
      const seqs = assertOk(outbox.append(many(1, 10))).map(({ seq }) => seq);
      const at = (n: number) => seqs[n - 1] ?? 0;
      assertOk(outbox.remove('another', [[1, at(10)]]));
      assertOk(
        outbox.remove(epoch, [
          [at(9), at(3)],
          [0, 0],
          [at(10) + 1, Number.MAX_SAFE_INTEGER],
        ]),
      );
      assert.equal(all(outbox).length, 10);
      assertOk(
        outbox.remove(epoch, [
          [at(2), at(4)],
          [at(7), at(7)],
        ]),
      );
      assertOk(outbox.remove(epoch, [[at(3), at(7) - 2]]));
      assert.deepEqual(numbersOf(all(outbox)), [1, 6, 8, 9, 10]);
      outbox = reopen(outbox, open);
      assert.deepEqual(numbersOf(all(outbox)), [1, 6, 8, 9, 10]);
      assertOk(outbox.remove(epoch, [[0, Number.MAX_SAFE_INTEGER]]));
      assert.deepEqual(all(outbox), []);
    });

    on('what is given up is gone for ever, of every kind; places where nothing waits are ignored', (_, open) => {
      const outbox = open();
      const places = assertOk(outbox.append([...many(1, 3), ...many(4, 6, 'event'), ...many(7, 9, 'alarm')])).map(
        ({ place }) => place,
      );
      assertOk(outbox.drop([places[0] ?? 0, places[4] ?? 0, places[8] ?? 0, EVERYTHING * 10]));
      assertOk(outbox.drop([places[0] ?? 0]));
      assert.deepEqual(numbersOf(all(outbox)), [2, 3, 4, 6, 7, 8]);
      const again = reopen(outbox, open);
      assert.deepEqual(numbersOf(all(again)), [2, 3, 4, 6, 7, 8]);
      assert.deepEqual(numbersOf(again.recentEvents(10)), [4, 6, 7, 8]);
    });

    on('the totals are those of what waits, and stay when it is opened again', (_, open) => {
      const outbox = open();
      const entries = assertOk(outbox.append([...many(1, 20), ...many(21, 24, 'event'), ...many(25, 26, 'alarm')]));
      assertOk(outbox.remove(outbox.epoch, [[entries[3]?.seq ?? 0, entries[21]?.seq ?? 0]]));
      assertOk(outbox.drop([entries[0]?.place ?? 0, entries[24]?.place ?? 0, entries[21]?.place ?? 0]));
      const totals = outbox.totals();
      assert.deepEqual([totals.alarm.count, totals.event.count, totals.telemetry.count], [1, 2, 2]);
      for (const kind of ['alarm', 'event', 'telemetry'] as const) {
        const bytes = outbox.oldest(kind, 100).reduce((sum, weight) => sum + weight.bytes, 0);
        assert.equal(totals[kind].bytes, bytes, kind);
        assert.ok(bytes >= totals[kind].count * outboxMessage(1).body.length, kind);
      }
      assert.deepEqual(reopen(outbox, open).totals(), totals);
    });

    on('the oldest of a kind are those with the lowest places', (_, open) => {
      const outbox = open();
      const entries = assertOk(outbox.append([...many(1, 2, 'event'), ...many(3, 8), ...many(9, 9, 'event')]));
      const placesOf = (from: number, to: number) => entries.slice(from - 1, to).map(({ place }) => place);
      const oldest = (limit: number, afterPlace?: number) =>
        outbox.oldest('telemetry', limit, afterPlace).map(({ place }) => place);
      assert.deepEqual(oldest(3), placesOf(3, 5));
      assert.deepEqual(oldest(2, entries[4]?.place), placesOf(6, 7));
      assert.deepEqual(oldest(100), placesOf(3, 8));
    });

    on('alarms and events can be looked at after they were sent, oldest first; telemetry cannot', (_, open) => {
      let outbox = open();
      assertOk(outbox.append([outboxMessage(1, 'event'), outboxMessage(2), outboxMessage(3, 'alarm')]));
      assertOk(outbox.remove(outbox.epoch, [[1, EVERYTHING]]));
      assertOk(outbox.append([outboxMessage(4, 'event')]));
      outbox = reopen(outbox, open);
      assert.deepEqual(numbersOf(outbox.recentEvents(10)), [1, 3, 4]);
      assert.deepEqual(numbersOf(outbox.recentEvents(2)), [3, 4]);
      assert.deepEqual(numbersOf(all(outbox)), [4]);
      assert.equal(outbox.totals().event.count, 1);
    });

    on('of the alarms and events that were sent the newest are kept, not all', (place, open) => {
      const outbox = open();
      const last = place.keepEvents * 3;
      for (let n = 0; n < last; n += 100) {
        assertOk(outbox.append(many(n, n + 99, n % 200 === 0 ? 'event' : 'alarm')));
        assertOk(outbox.remove(outbox.epoch, [[1, EVERYTHING]]));
      }
      const kept = numbersOf(outbox.recentEvents(EVERYTHING));
      assert.deepEqual(
        kept.slice(-place.keepEvents),
        [...Array(place.keepEvents).keys()].map((i) => last - place.keepEvents + i),
      );
      assert.ok(kept.length < last, `${kept.length} of ${last} kept`);
    });

    on('a full disk is STATE_UNWRITABLE and keeps nothing; with room again the next call goes on', (place, open) => {
      if (!place.fill) return; // a disk that cannot be filled
      const outbox = open();
      const seqs = assertOk(outbox.append(many(1, 5))).map(({ seq }) => seq);
      const totals = outbox.totals();
      place.fill('full');
      for (let n = 0; n < 3; n += 1) assertFault(outbox.append(many(100, 1500)), 'STATE_UNWRITABLE');
      assert.deepEqual(outbox.totals(), totals);
      assert.deepEqual(numbersOf(all(outbox)), [1, 2, 3, 4, 5]);
      place.fill('room');
      seqs.push(...assertOk(outbox.append(many(6, 7))).map(({ seq }) => seq));
      assert.deepEqual(numbersOf(all(reopen(outbox, open))), [1, 2, 3, 4, 5, 6, 7]);
      assert.ok(isRising(seqs), seqs.join());
    });

    on('the epoch is new when the file was lost', (place, open) => {
      if (!place.spoil) return; // an outbox of which nothing can be lost
      const outbox = open();
      const { epoch } = outbox;
      assertOk(outbox.append(many(1, 3)));
      outbox.close();
      place.spoil('lost');
      const fresh = open();
      assert.notEqual(fresh.epoch, epoch);
      assert.equal(assertOk(fresh.nextSeq()), 1);
      assert.deepEqual(all(fresh), []);
    });

    on('a damaged file is kept aside and told about once; then the outbox can be used', (place, open) => {
      if (!place.spoil) return; // an outbox that cannot be damaged
      const outbox = open();
      const { epoch } = outbox;
      assertOk(outbox.append(many(1, 3)));
      outbox.close();
      place.spoil('damaged');
      let fresh = open();
      assert.equal(fresh.opened.damage?.code, 'OUTBOX_DAMAGED');
      assert.equal(fresh.opened.salvaged, all(fresh).length);
      assert.notEqual(fresh.epoch, epoch);
      assertOk(fresh.append(many(4, 5)));
      assert.deepEqual(numbersOf(all(fresh)).slice(-2), [4, 5]);
      fresh = reopen(fresh, open);
      assert.deepEqual(fresh.opened, { salvaged: 0 });
      assert.deepEqual(numbersOf(all(fresh)).slice(-2), [4, 5]);
      assert.ok(place.keepsDamaged?.() ?? true);
    });

    on('what can be read of a damaged file waits in order under the id it had, before what is new', (place, open) => {
      if (!place.spoil) return; // an outbox that cannot be damaged
      const outbox = open();
      const { epoch } = outbox;
      const entries = assertOk(outbox.append(many(1, 2000)));
      outbox.close();
      place.spoil('partly');
      let fresh = open();
      const salvaged = all(fresh);
      assert.equal(fresh.opened.salvaged, salvaged.length);
      assert.ok(salvaged.length > 1000 && salvaged.length < 2000, `${salvaged.length} of 2000 salvaged`);
      const before = new Map(entries.map((entry) => [entry.seq, entry]));
      for (const entry of salvaged) assert.deepEqual(entry, before.get(entry.seq));
      assert.ok(isRising(salvaged.map(({ seq }) => seq)));

      const own = assertOk(fresh.append(many(2001, 2002)));
      assert.ok(own[0]?.epoch !== epoch && (own[0]?.place ?? 0) > (salvaged.at(-1)?.place ?? 0));
      const [first, second] = salvaged;
      assertOk(fresh.remove(epoch, [[1, second?.seq ?? 0]]));
      fresh = reopen(fresh, open);
      assert.deepEqual(all(fresh), [...salvaged.slice(2), ...own]);
      assertOk(fresh.remove(fresh.epoch, [[1, EVERYTHING]]));
      assert.deepEqual(all(fresh), salvaged.slice(2));
      assertOk(fresh.remove(epoch, [[first?.seq ?? 0, EVERYTHING]]));
      assert.deepEqual(all(fresh), []);
    });
  });
}
