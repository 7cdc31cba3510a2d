import type { CardReceipt } from '../card-receipt.ts';
import type { SlotId } from '../ids.ts';
import { CARD_PIECE_MAX_BYTES, T2M_TXT_MAX_BYTES } from '../limits.ts';
import type { CardFiles, SlotChange, SlotPort } from '../ports/slot.ts';
import { KIB } from '../units.ts';
import { assert, assertFault, assertOk, eventually, type SuiteOptions, suite } from './suite.ts';

/** A card to be put in: what shall be read of it, and what its other files hold; ten zeros unless told. */
export type CardToInsert = CardFiles & { readonly contents?: ReadonlyMap<string, Uint8Array> };

/** The files that are to be on a card, by name. */
export function filesOnCard({ t2mTxt, t2mJson, otherFiles, contents }: CardToInsert) {
  return [
    ...(t2mTxt ? [{ name: 'T2M.txt', bytes: t2mTxt }] : []),
    ...(t2mJson ? [{ name: 'T2M.json', bytes: t2mJson }] : []),
    ...otherFiles.map((name) => ({ name, bytes: contents?.get(name) ?? new Uint8Array(10) })),
  ];
}

/** A slot and a hand that puts cards into it. */
export type SlotFixture = {
  readonly port: SlotPort;
  readonly slot: SlotId;
  /** Puts a card with these files into the empty slot. */
  insert(card: CardToInsert): void | Promise<void>;
  remove(): void | Promise<void>;
  /** Puts another card in place of the present one, with no moment in between. */
  replace(card: CardToInsert): void | Promise<void>;
  /** Puts in a medium that holds no file system; absent where that cannot be (a directory). */
  insertBlank?(): void | Promise<void>;
  close?(): unknown;
};

const text = (value: string) => new TextEncoder().encode(value);
const RECEIPT = {
  at: '2026-03-01T12:00:00.000Z',
  serial: '1524-0071-21',
  fingerprint: '4f2a-90c1-77be-03d5',
  grkId: '0a1b2c3d',
  code: 'REGISTRATION_PENDING',
} as CardReceipt; // what is in it is the business of who writes it
const cardWith = (note: string): CardFiles => ({
  t2mTxt: text(`T2MKey:A01-SLOTSUITE00000000000000000000000\r\nT2MNote:${note}\r\n`),
  otherFiles: [],
});

/** `mounted`: it has a file system, or would not be there. `files`: it is there by the files on it, so it is not empty either. */
export type MediaKind = 'raw' | 'mounted' | 'files';

/** The obligations of {@link SlotPort}. */
export function slotSuite(
  name: string,
  makeFixture: () => SlotFixture | Promise<SlotFixture>,
  { media = 'raw', ...options }: SuiteOptions & { readonly media?: MediaKind } = {},
): void {
  suite(name, options, (test) => {
    type Watched = SlotFixture & {
      readonly changes: readonly SlotChange[];
      /** Waits until so many changes were reported; answers the insertion named last. */
      seen(count: number): Promise<string>;
      stop(): Promise<void>;
    };
    const on = (sentence: string, card: CardToInsert | undefined, body: (slot: Watched) => Promise<void>) =>
      test(sentence, async () => {
        const fixture = await makeFixture();
        const changes: SlotChange[] = [];
        if (card) await fixture.insert(card);
        const watch = await fixture.port.watch((change) => {
          if (change.slot === fixture.slot) changes.push(change);
        });
        try {
          if (card) assert.deepEqual(kinds(changes), ['CardInserted']); // before watch resolved
          const seen = async (count: number) => {
            await eventually(() => changes.length >= count, { what: `${count} changes, ${kinds(changes)} so far` });
            return lastInsertion(changes);
          };
          await body({ ...fixture, changes, seen, stop: () => watch.stop() });
        } finally {
          await watch.stop();
          await fixture.close?.();
        }
      });

    on('the slot is one of those the port names', undefined, async ({ port, slot }) => {
      assert.ok(port.slots.includes(slot));
    });

    on('a card that is in already is reported before watch resolves, and can be read', cardWith('one'), async (s) => {
      same(assertOk(await s.port.read(s.slot, await s.seen(1))), cardWith('one'));
    });

    on('card in and card out are reported in turn', undefined, async (s) => {
      assert.deepEqual(kinds(s.changes), []);
      await s.insert(cardWith('one'));
      await s.seen(1);
      await s.remove();
      await s.seen(2);
      assert.deepEqual(kinds(s.changes), ['CardInserted', 'CardRemoved']);
    });

    on('the same card put back is another insertion', cardWith('one'), async (s) => {
      const first = await s.seen(1);
      await s.remove();
      await s.seen(2);
      await s.insert(cardWith('one'));
      assert.notEqual(await s.seen(3), first);
      assertFault(await s.port.read(s.slot, first), 'CARD_GONE');
    });

    on('a card replaced without a gap is removed, then inserted', cardWith('one'), async (s) => {
      const first = await s.seen(1);
      await s.replace(cardWith('two'));
      const second = await s.seen(3);
      assert.deepEqual(kinds(s.changes), ['CardInserted', 'CardRemoved', 'CardInserted']);
      assert.notEqual(second, first);
      same(assertOk(await s.port.read(s.slot, second)), cardWith('two'));
    });

    on('nothing is reported after stop', undefined, async (s) => {
      await s.stop();
      await s.insert(cardWith('one'));
      const later = await s.port.watch(() => {}); // has looked at the slot when it resolves
      await later.stop();
      assert.deepEqual(s.changes, []);
    });

    on('reading an empty slot, an unknown insertion or an unknown slot is CARD_GONE', undefined, async (s) => {
      assertFault(await s.port.read(s.slot, 'never'), 'CARD_GONE');
      await s.insert(cardWith('one'));
      const insertion = await s.seen(1);
      assertFault(await s.port.read(s.slot, `${insertion}x`), 'CARD_GONE');
      await s.remove();
      await s.seen(2);
      assertFault(await s.port.read(s.slot, insertion), 'CARD_GONE');
    });

    const noKey = { otherFiles: media === 'files' ? ['backup.tar'] : [] };
    on('a card without T2M.txt is read well', noKey, async (s) => {
      same(assertOk(await s.port.read(s.slot, await s.seen(1))), noKey);
    });

    const full = {
      t2mTxt: text('T2MKey:'),
      t2mJson: text('{}'),
      otherFiles: ['ewonfwr.ebu', 'backup.tar', 'comcfg.txt'],
    };
    on('other files of easy commissioning are named in their strict order', full, async (s) => {
      same(assertOk(await s.port.read(s.slot, await s.seen(1))), full);
    });

    const limit = (sizeBytes: number): CardFiles => ({ t2mTxt: new Uint8Array(sizeBytes).fill(0x41), otherFiles: [] });
    on('a T2M.txt of exactly the limit is read', limit(T2M_TXT_MAX_BYTES), async (s) => {
      same(assertOk(await s.port.read(s.slot, await s.seen(1))), limit(T2M_TXT_MAX_BYTES));
    });

    on('a T2M.txt of one byte more than the limit is CARD_TOO_LARGE', limit(T2M_TXT_MAX_BYTES + 1), async (s) => {
      assertFault(await s.port.read(s.slot, await s.seen(1)), 'CARD_TOO_LARGE');
    });

    on(
      'a card that gets a receipt keeps its files, its stay goes on, and it says that it was used',
      cardWith('one'),
      async (s) => {
        const insertion = await s.seen(1);
        assertOk(await s.port.mark(s.slot, insertion, { receipt: RECEIPT }));
        same(assertOk(await s.port.read(s.slot, insertion)), { ...cardWith('one'), hasReceipts: true });
        const later = await s.port.watch(() => {}); // has looked at the slot when it resolves
        await later.stop();
        assert.deepEqual(kinds(s.changes), ['CardInserted']);
      },
    );

    on('a card that is wiped has neither key nor signature any more', full, async (s) => {
      const insertion = await s.seen(1);
      assertOk(await s.port.mark(s.slot, insertion, { receipt: RECEIPT, wipe: true }));
      same(assertOk(await s.port.read(s.slot, insertion)), { otherFiles: full.otherFiles, hasReceipts: true });
    });

    on('nothing is written to a card that is not the one meant', cardWith('one'), async (s) => {
      const first = await s.seen(1);
      await s.replace(cardWith('two'));
      const second = await s.seen(3);
      assertFault(await s.port.mark(s.slot, first, { wipe: true }), 'CARD_GONE');
      same(assertOk(await s.port.read(s.slot, second)), cardWith('two'));
    });

    const backup = Uint8Array.from({ length: 300 * KIB }, (_, i) => (i >> 8) ^ (i * 7));
    const withBackup: CardToInsert = {
      t2mTxt: text('T2MKey:'),
      otherFiles: ['backup.tar', 'comcfg.txt'],
      contents: new Map([['backup.tar', backup]]),
    };
    on(
      'a file of 300 KiB read in pieces is the one that was put in, each within two seconds',
      withBackup,
      async (s) => {
        const insertion = await s.seen(1);
        const read: number[] = [];
        for (let more = true; more; ) {
          const startMs = performance.now();
          const part = { name: 'backup.tar', offset: read.length, length: 10 * CARD_PIECE_MAX_BYTES };
          const { sizeBytes, bytes } = assertOk(await s.port.piece(s.slot, insertion, part));
          assert.ok(performance.now() - startMs < 2000, 'answered within two seconds');
          assert.ok(bytes.length <= CARD_PIECE_MAX_BYTES, `${bytes.length} bytes at once`);
          assert.equal(sizeBytes, backup.length);
          for (const byte of bytes) read.push(byte);
          more = bytes.length > 0;
        }
        assert.equal(Buffer.compare(Uint8Array.from(read), backup), 0);
      },
    );

    on(
      'pieces begin and end at any byte; there is nothing at the end of the file, and beyond it',
      withBackup,
      async (s) => {
        const insertion = await s.seen(1);
        for (const [offset, length] of [
          [0, 0],
          [1, 1],
          [511, 514],
          [70_001, 4096],
          [backup.length - 1, 100],
          [backup.length, 100],
          [2 ** 32, 100],
          [2 ** 40 + 5, 100],
        ] as const) {
          const piece = assertOk(await s.port.piece(s.slot, insertion, { name: 'backup.tar', offset, length }));
          assert.equal(piece.sizeBytes, backup.length);
          assert.deepEqual([...piece.bytes], [...backup.subarray(offset, offset + length)], `${length} at ${offset}`);
        }
      },
    );

    on('a file that is not there, and the one with the key, are CARD_GONE', withBackup, async (s) => {
      const insertion = await s.seen(1);
      for (const name of ['ewonfwr.edf', 'T2M.txt', 'passwd', '../sd0', ''])
        assertFault(await s.port.piece(s.slot, insertion, { name, offset: 0, length: 9 }), 'CARD_GONE');
    });

    on('a piece of a card that is not the one meant is CARD_GONE', withBackup, async (s) => {
      const part = { name: 'backup.tar', offset: 0, length: 9 };
      const first = await s.seen(1);
      await s.replace(withBackup);
      const second = await s.seen(3);
      assertFault(await s.port.piece(s.slot, first, part), 'CARD_GONE');
      assertOk(await s.port.piece(s.slot, second, part));
      await s.remove();
      await s.seen(4);
      assertFault(await s.port.piece(s.slot, second, part), 'CARD_GONE');
    });

    if (media === 'raw') {
      on('a medium without a file system is CARD_NOT_FAT', undefined, async (s) => {
        assert.ok(s.insertBlank);
        await s.insertBlank();
        assertFault(await s.port.read(s.slot, await s.seen(1)), 'CARD_NOT_FAT');
      });
    }

    on('a card pulled or replaced during the read gives one whole version or a refusal', cardWith('one'), async (s) => {
      const insertion = await s.seen(1);
      const reading = s.port.read(s.slot, insertion);
      await s.replace({ ...full, t2mTxt: text('T2MKey:two') });
      const startMs = performance.now(); // what the hand takes is not the port's
      const answer = await reading;
      assert.ok(performance.now() - startMs < 2000, 'answered within two seconds');
      if (answer.ok) same(answer.value, cardWith('one'));
      else assert.match(answer.fault.code, /^CARD_(GONE|UNREADABLE)$/);
    });
  });
}

function kinds(changes: readonly SlotChange[]): readonly string[] {
  return changes.map((change) => change.on);
}

function lastInsertion(changes: readonly SlotChange[]): string {
  return changes.reduce((last, change) => (change.on === 'CardInserted' ? change.insertion : last), '');
}

/** Compares as bytes: one port may answer a Buffer, another a Uint8Array. */
function same(files: CardFiles, expected: CardFiles): void {
  const plain = ({ t2mTxt, t2mJson, otherFiles, hasReceipts }: CardFiles) => ({
    t2mTxt: t2mTxt && [...t2mTxt],
    t2mJson: t2mJson && [...t2mJson],
    otherFiles: [...otherFiles],
    hasReceipts,
  });
  assert.deepEqual(plain(files), plain(expected));
}
