import {
  type CardManifest,
  type CardWishes,
  type Ed25519Jwk,
  err,
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

/** Which key to export, and what its card asks of the device. `note` is at most 140 ASCII characters and shows in the Ewon list later. */
export type CardOrder = { readonly grkId: GrkId; readonly note: string; readonly wishes: CardWishes };

export type CardFile = { readonly fileName: string; readonly bytes: Uint8Array };

/** The files of a card, for a program that writes them onto one itself: T2M.txt and the signed T2M.json that fits it. */
export type CardPair = { readonly t2mTxt: Uint8Array; readonly t2mJson: Uint8Array };

/**
 * Makes T2M.txt alone, or an image of a whole FAT32 card with T2M.txt and the signed T2M.json. The log says so.
 * Codes: those of {@link exportPair}, those of the image, BAD_REQUEST (T2M.txt alone cannot ask for anything).
 */
export async function exportCard(
  house: House,
  facts: CardFacts,
  order: CardOrder & { readonly form: 'txt' | 'image' },
): Promise<Result<CardFile>> {
  const { grkId, form, wishes } = order;
  if (form === 'txt' && (wishes.receipt || wishes.wipe)) {
    return err('BAD_REQUEST', 'receipt and wipe are asked for by T2M.json, which form txt leaves out');
  }
  const pair = await pairOf(house, facts, order);
  if (!pair.ok) return pair;
  const made =
    form === 'txt' ? ok<CardFile>({ fileName: 'T2M.txt', bytes: pair.value.t2mTxt }) : await imageOf(grkId, pair.value);
  if (made.ok) await noteExport(house, grkId, form);
  return made;
}

/**
 * Makes T2M.txt and the signed T2M.json. The log says so.
 * Codes: NOT_FOUND, T2M_ENCODING, T2M_NOTE_TOO_LONG, CONFLICT (the key is revoked).
 */
export async function exportPair(house: House, facts: CardFacts, order: CardOrder): Promise<Result<CardPair>> {
  const made = await pairOf(house, facts, order);
  if (made.ok) await noteExport(house, order.grkId, 'files');
  return made;
}

async function noteExport(house: House, grkId: GrkId, form: string): Promise<void> {
  await transactAndTell(house, async (tx, telling) => {
    await tx.updateGrk(grkId, { exports: ((await tx.grk(grkId))?.exports ?? 0) + 1 });
    await telling.noteDone(tx, { event: LOG_TEXTS.keyExported(grkId, form) });
  });
}

async function pairOf(house: House, facts: CardFacts, { grkId, note, wishes }: CardOrder): Promise<Result<CardPair>> {
  const key = await house.store.transact((tx) => tx.grk(grkId));
  if (!key) return { ok: false, fault: { code: 'NOT_FOUND', detail: 'registration key' } };
  if (key.state === 'revoked') return { ok: false, fault: { code: 'CONFLICT', detail: `key ${grkId} is revoked` } };
  const txt = formatT2mTxt({ grk: house.vault.open(key.sealedKey), note });
  if (!txt.ok) return txt;
  const manifest: CardManifest = {
    v: 1,
    accountUrl: facts.accountUrl,
    accountCa: house.ca.tlsCa,
    accountKey: facts.accountKey,
    grkId,
    t2mSha256: sha256Hex(txt.value),
    pool: key.pool,
    notBefore: timestampOf(house.clock.now()),
    ...wishes,
  };
  return ok({ t2mTxt: txt.value, t2mJson: formatT2mJson(manifest, facts.secretKey) });
}

async function imageOf(grkId: GrkId, { t2mTxt, t2mJson }: CardPair): Promise<Result<CardFile>> {
  const files = [
    { name: 'T2M.txt', bytes: t2mTxt },
    { name: 'T2M.json', bytes: t2mJson },
  ];
  const image = await makeCardImage(files, smallestFat32Bytes);
  return image.ok ? ok({ fileName: `ewon-card-${grkId}.img`, bytes: image.value }) : image;
}
