import { CARD_PIECE_MAX_BYTES } from '../limits.ts';
import type { CardFile, FirmwarePort } from '../ports/firmware.ts';
import { err, ok } from '../result.ts';
import { KIB, MINUTE_MS, type Millis } from '../units.ts';
import type { EwonTrouble } from './firmware-suite.ts';
import { assert, assertFault, assertOk, suite } from './suite.ts';

/** A file as it arrived at the Ewon. */
export type ArrivedFile = { readonly name: string; readonly bytes: Uint8Array };

/** An Ewon that takes files, and tells which. */
export type FirmwareFilesFixture = {
  readonly firmware: FirmwarePort;
  /** What it took whole, in order. */
  arrived(): readonly ArrivedFile[] | Promise<readonly ArrivedFile[]>;
  /** Makes the Ewon decline files of this name. */
  decline(name: string): void | Promise<void>;
  trouble(kind: EwonTrouble): void | Promise<void>;
  /** Lets time pass until the answer is there; answers how long that took. */
  wait<T>(answer: Promise<T>): Promise<{ readonly value: T; readonly tookMs: Millis }>;
  close?(): unknown;
};

/** `take` is done within ten minutes. */
const TAKE_MAX_MS = 10 * MINUTE_MS;

/** The obligations of {@link FirmwarePort} where it takes files. */
export function firmwareFilesSuite(
  name: string,
  makeFixture: () => FirmwareFilesFixture | Promise<FirmwareFilesFixture>,
): void {
  suite(name, (test) => {
    const on = (sentence: string, body: (ewon: FirmwareFilesFixture & { take: Take }) => Promise<void>) =>
      test(sentence, async () => {
        const fixture = await makeFixture();
        const take: Take = async (file) => {
          assert.ok(fixture.firmware.take);
          const { value, tookMs } = await fixture.wait(fixture.firmware.take(file));
          assert.ok(tookMs <= TAKE_MAX_MS, `took ${tookMs} ms`);
          return value;
        };
        try {
          await body({ ...fixture, take });
        } finally {
          await fixture.close?.();
        }
      });

    on('files arrive byte for byte and in order, each byte asked for once', async ({ take, arrived }) => {
      const [large, empty] = [fileOf('ewonfwr.edf', 600 * KIB), fileOf('backup.tar', 0)];
      assertOk(await take(large.file));
      assertOk(await take(empty.file));
      assert.deepEqual(
        (await arrived()).map((file) => file.name),
        ['ewonfwr.edf', 'backup.tar'],
      );
      assert.equal(Buffer.compare((await arrived())[0]?.bytes ?? new Uint8Array(), large.bytes), 0);
      assert.equal((await arrived())[1]?.bytes.length, 0);
      large.assertReadOnce();
    });

    on('a declined file is FIRMWARE_FILE_DECLINED, and the next one is taken', async ({ take, arrived, decline }) => {
      await decline('ewonfwr.edf');
      assertFault(await take(fileOf('ewonfwr.edf', 10).file), 'FIRMWARE_FILE_DECLINED');
      assertOk(await take(fileOf('comcfg.txt', 10).file));
      assert.deepEqual(
        (await arrived()).map((file) => file.name),
        ['comcfg.txt'],
      );
    });

    on('a card that is pulled in the middle of a file ends it, and nothing arrives', async ({ take, arrived }) => {
      const { file } = fileOf('backup.tar', 600 * KIB);
      const pulled: CardFile = {
        ...file,
        piece: async (offset, length) => (offset > 0 ? err('CARD_GONE') : file.piece(offset, length)),
      };
      assertFault(await take(pulled), 'CARD_GONE');
      assert.deepEqual(await arrived(), []);
    });

    on('a file that ends before its size is CARD_DAMAGED, and nothing arrives', async ({ take, arrived }) => {
      const { file } = fileOf('backup.tar', 10);
      assertFault(await take({ ...file, sizeBytes: 11 }), 'CARD_DAMAGED');
      assert.deepEqual(await arrived(), []);
    });

    for (const kind of ['silent', 'refused', 'wrongPassword'] as const) {
      on(`an Ewon in trouble (${kind}) is told in time, and takes the file when it is well`, async (ewon) => {
        await ewon.trouble(kind);
        assertFault(
          await ewon.take(fileOf('backup.tar', 10).file),
          kind === 'wrongPassword' ? 'FIRMWARE_ANSWER_BAD' : 'FIRMWARE_UNREACHABLE',
        );
        await ewon.trouble('well');
        assertOk(await ewon.take(fileOf('backup.tar', 10).file));
      });
    }
  });
}

type Take = (file: CardFile) => ReturnType<NonNullable<FirmwarePort['take']>>;

/** A file that remembers what was asked of it. */
function fileOf(name: string, sizeBytes: number) {
  const bytes = Uint8Array.from({ length: sizeBytes }, (_, i) => (i >> 8) ^ (i * 7));
  const asked: { readonly offset: number; readonly bytes: number }[] = [];
  const file: CardFile = {
    name,
    sizeBytes,
    async piece(offset, length) {
      assert.ok(length <= CARD_PIECE_MAX_BYTES, `${length} bytes at once`);
      const piece = bytes.slice(offset, offset + length);
      asked.push({ offset, bytes: piece.length });
      return ok(piece);
    },
  };
  const assertReadOnce = () => {
    let next = 0;
    for (const part of asked) {
      assert.equal(part.offset, next, 'in order, without gaps');
      next += part.bytes;
    }
    assert.equal(next, sizeBytes);
  };
  return { bytes, file, assertReadOnce };
}
