import {
  type CardFile,
  type CardPart,
  type CardPiece,
  err,
  type FirmwarePort,
  ok,
  type Result,
  type SlotPort,
} from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { SD0, USB1 } from '../testing/fixtures.ts';
import { createLoader } from './loader.ts';

const CARD = { slot: SD0, insertion: 'i1', names: ['ewonfwr.edf', 'backup.tar', 'comcfg.txt'] };

/** Slots whose files hold their own names, and an Ewon that does as told. */
function houseWith(given: {
  readonly piece?: (part: CardPart) => Result<CardPiece>;
  readonly take?: (file: CardFile) => Promise<Result<void>>;
}) {
  const happened: string[] = [];
  const held = (part: CardPart) => {
    const bytes = new TextEncoder().encode(part.name);
    return ok({ sizeBytes: bytes.length, bytes: bytes.slice(part.offset, part.offset + part.length) });
  };
  const slots: SlotPort = {
    slots: [SD0, USB1],
    watch: () => assert.fail(),
    read: () => assert.fail(),
    mark: () => assert.fail(),
    piece: async (_slot, _insertion, part) => (given.piece ?? held)(part),
  };
  const firmware: FirmwarePort = {
    identity: () => assert.fail(),
    async take(file) {
      happened.push(`begin ${file.name}`);
      const result = await (given.take ?? readAll)(file);
      happened.push(result.ok ? `end ${file.name}` : `${result.fault.code} ${file.name}`);
      return result;
    },
  };
  const loader = createLoader({ slots, firmware }, (event) => {
    if (event.on === 'CardLoading') happened.push(`loading ${event.slot} ${event.insertion}`);
  });
  return { happened, loader, slots };
}

/** Takes a file a byte at a time, and compares it with its name. */
async function readAll(file: CardFile): Promise<Result<void>> {
  let text = '';
  while (text.length < file.sizeBytes) {
    const piece = await file.piece(text.length, 1);
    if (!piece.ok) return piece;
    text += String.fromCharCode(...piece.value);
  }
  assert.equal(text, file.name);
  return ok(undefined);
}

suite('files of a card on their way to the firmware', (test) => {
  test('each is handed over whole, one after the other, in the order of the list', async () => {
    const { loader, happened } = houseWith({});
    assert.deepEqual(
      await loader.load(CARD),
      CARD.names.map((name) => ({ name })),
    );
    assert.deepEqual(happened, ['loading sd0 i1', ...CARD.names.flatMap((name) => [`begin ${name}`, `end ${name}`])]);
  });

  test('nothing is begun for a card without such files, or where the firmware takes none', async () => {
    const { loader, happened, slots } = houseWith({});
    assert.equal(await loader.load({ ...CARD, names: [] }), undefined);
    const other = createLoader({ slots, firmware: { identity: () => assert.fail() } }, () => assert.fail());
    assert.equal(await other.load(CARD), undefined);
    assert.deepEqual(happened, []);
  });

  test('a file that is declined does not keep back the others', async () => {
    const declined = err('FIRMWARE_FILE_DECLINED', 'too old');
    const { loader } = houseWith({ take: async (file) => (file.name === 'ewonfwr.edf' ? declined : readAll(file)) });
    assert.deepEqual(await loader.load(CARD), [
      { name: 'ewonfwr.edf', fault: declined.fault },
      { name: 'backup.tar' },
      { name: 'comcfg.txt' },
    ]);
  });

  test('a card that is pulled ends it: nothing more is asked for, and every file has its outcome', async () => {
    const gone = err('CARD_GONE', 'pulled');
    const { loader, happened } = houseWith({
      piece: ({ name, offset }) =>
        name === 'backup.tar' && offset > 3
          ? gone
          : ok({ sizeBytes: name.length, bytes: Buffer.from(name[offset] ?? '') }),
    });
    const loaded = await loader.load(CARD);
    assert.deepEqual(
      loaded?.map(({ name, fault }) => `${name} ${fault?.code}`),
      ['ewonfwr.edf undefined', 'backup.tar CARD_GONE', 'comcfg.txt CARD_GONE'],
    );
    assert.equal(happened.at(-1), 'CARD_GONE backup.tar');
  });

  test('a file that cannot be read is not begun, and the next one is', async () => {
    const bad = err('CARD_UNREADABLE', 'EIO');
    const { loader, happened } = houseWith({
      piece: ({ name, offset, length }) => {
        const bytes = Buffer.from(name).subarray(offset, offset + length);
        return name === 'ewonfwr.edf' ? bad : ok({ sizeBytes: name.length, bytes });
      },
    });
    assert.deepEqual((await loader.load(CARD))?.[0], { name: 'ewonfwr.edf', fault: bad.fault });
    assert.equal(happened[1], 'begin backup.tar');
  });

  test('a file that changes while it is handed over is no mixture: CARD_GONE', async () => {
    let sizeBytes = 10;
    const { loader } = houseWith({ piece: () => ok({ sizeBytes: sizeBytes++, bytes: new Uint8Array(1) }) });
    assert.equal((await loader.load(CARD))?.[0]?.fault?.code, 'CARD_GONE');
  });

  test('two cards in two slots: the second waits until the first is through', async () => {
    const { loader, happened } = houseWith({});
    const names = ['backup.tar'];
    await Promise.all([loader.load({ ...CARD, names }), loader.load({ slot: USB1, insertion: 'i2', names })]);
    const one = ['begin backup.tar', 'end backup.tar'];
    assert.deepEqual(happened, ['loading sd0 i1', ...one, 'loading usb1 i2', ...one]);
  });
});
