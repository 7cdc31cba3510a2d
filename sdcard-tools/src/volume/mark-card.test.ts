import { err } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { bytesOf, GRK, RECEIPT, t2mTxt } from '../testing/cards.ts';
import { memoryDevice } from './block-device-memory.ts';
import { makeCardImage } from './make-image.ts';
import { markCard } from './mark-card.ts';
import { readCard } from './read-card.ts';

const MIB = 1024 * 1024;
const FILES = [
  { name: 'T2M.txt', bytes: t2mTxt() },
  { name: 'T2M.json', bytes: bytesOf('{"signed":true}') },
  { name: 'photo.jpg', bytes: bytesOf('a photo') },
];
const imageOf = async (files = FILES) => assertOk(await makeCardImage(files, MIB));
const has = (image: Uint8Array, text: string) => Buffer.from(image).includes(text);

suite('marking a card', (test) => {
  test('a receipt alone leaves the registration as it was', async () => {
    const image = await imageOf();
    assertOk(await markCard(memoryDevice(image), { receipt: RECEIPT }));
    const { t2mTxt: txt, hasReceipts } = assertOk(await readCard(memoryDevice(image)));
    assert.deepEqual(txt, t2mTxt());
    assert.equal(hasReceipts, true);
    assert.ok(has(image, '"1524-0071-21"'));
  });

  test('after a wipe no byte of key or signature is on the card, and the receipt and strangers are', async () => {
    const image = await imageOf();
    assert.ok(has(image, GRK) && has(image, 'signed'));
    assertOk(await markCard(memoryDevice(image), { receipt: RECEIPT, wipe: true }));
    assert.ok(!has(image, GRK.slice(4, 12)), 'a piece of the key is left');
    assert.ok(!has(image, 'signed'), 'a piece of the signature is left');
    assert.ok(has(image, '"1524-0071-21"') && has(image, 'a photo'));
  });

  test('a receipt that cannot be written keeps the key from being wiped', async () => {
    const image = await imageOf();
    let writes = 0;
    const device = {
      ...memoryDevice(image),
      write: async () => {
        writes += 1;
        return err('CARD_UNWRITABLE', 'EIO');
      },
    };
    assertFault(await markCard(device, { receipt: RECEIPT, wipe: true }), 'CARD_UNWRITABLE');
    assert.equal(writes, 1);
    assert.ok(has(image, GRK));
  });

  test('a RESULT.TXT that is a directory is refused, and nothing is written', async () => {
    const image = await imageOf([{ name: 'RESULT.TXT', bytes: bytesOf('x') }]);
    const at = Buffer.from(image).indexOf('RESULT  TXT');
    image[at + 11] = 0x10; // the attribute of a directory
    const before = Uint8Array.from(image);
    assertFault(await markCard(memoryDevice(image), { receipt: RECEIPT }), 'CARD_NOT_A_FILE');
    assert.deepEqual(image, before);
  });
});
