import {
  type CardManifest,
  type Ed25519Jwk,
  type GrkId,
  ok,
  type Result,
  sha256Hex,
  timestampOf,
} from '@ewon-agent/contracts';
import { formatT2mJson } from '@ewon-agent/sdcard-tools/core/t2m-json';
import { formatT2mTxt } from '@ewon-agent/sdcard-tools/core/t2m-txt';
import { makeCardImage, smallestFat32Bytes } from '@ewon-agent/sdcard-tools/volume/make-image';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { type House, transactAndTell } from '../house.ts';

/** What a card says of this account, and the key it is signed with. */
export type CardFacts = {
  /** URL of the directory, as devices reach it. */
  readonly accountUrl: string;
  readonly accountKey: Ed25519Jwk;
  readonly secretKey: Uint8Array;
};

/** Which key to export, and how. `note` is at most 140 ASCII characters and shows in the Ewon list later. */
export type CardOrder = {
  readonly grkId: GrkId;
  readonly form: 'txt' | 'image';
  readonly note: string;
};

export type CardFile = { readonly fileName: string; readonly bytes: Uint8Array };

/**
 * Makes T2M.txt alone, or an image of a whole FAT32 card with T2M.txt and the signed T2M.json. The log says so.
 * Codes: NOT_FOUND, T2M_ENCODING, T2M_NOTE_TOO_LONG, CONFLICT (the key is revoked), and those of the image.
 */
export async function exportCard(house: House, facts: CardFacts, order: CardOrder): Promise<Result<CardFile>> {
  const { grkId, form, note } = order;
  const key = await house.store.transact((tx) => tx.grk(grkId));
  if (!key) return { ok: false, fault: { code: 'NOT_FOUND', detail: 'registration key' } };
  if (key.state === 'revoked') return { ok: false, fault: { code: 'CONFLICT', detail: `key ${grkId} is revoked` } };
  const txt = formatT2mTxt({ grk: house.vault.open(key.sealedKey), note });
  if (!txt.ok) return txt;
  const made =
    form === 'txt'
      ? ok<CardFile>({ fileName: 'T2M.txt', bytes: txt.value })
      : await imageOf(house, facts, order, txt.value, key.pool);
  if (!made.ok) return made;
  await transactAndTell(house, (tx, telling) =>
    telling.note(tx, { name: 'administrator', subject: 'User', event: LOG_TEXTS.keyExported(grkId, form) }),
  );
  return made;
}

async function imageOf(
  house: House,
  { accountUrl, accountKey, secretKey }: CardFacts,
  { grkId }: CardOrder,
  txt: Uint8Array,
  pool: string,
): Promise<Result<CardFile>> {
  const manifest: CardManifest = {
    v: 1,
    accountUrl,
    accountCa: house.ca.tlsCa,
    accountKey,
    grkId,
    t2mSha256: sha256Hex(txt),
    pool,
    notBefore: timestampOf(house.clock.now()),
    receipt: false, // the agent writes no receipt and wipes no key yet
    wipe: false,
  };
  const files = [
    { name: 'T2M.txt', bytes: txt },
    { name: 'T2M.json', bytes: formatT2mJson(manifest, secretKey) },
  ];
  const image = await makeCardImage(files, smallestFat32Bytes);
  return image.ok ? ok({ fileName: `ewon-card-${grkId}.img`, bytes: image.value }) : image;
}
