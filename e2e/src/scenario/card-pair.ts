import { generateKeyPairSync, randomInt } from 'node:crypto';
import type { CardSpec } from '@ewon-agent/board-sim/scenario/scenario';
import { type Ed25519Jwk, type Grk, grkIdOf, parseGrk, publicKeyOf, sha256Hex } from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/suites/assertions';
import { formatT2mJson, readT2mJson } from '@ewon-agent/sdcard-tools/core/t2m-json';
import { formatT2mTxt } from '@ewon-agent/sdcard-tools/core/t2m-txt';
import { type AskAccount, ownKey } from './account.ts';

/** The two files of a key, and the key itself for texts that name it. */
export type CardPair = { readonly t2mTxt: Uint8Array; readonly t2mJson: Uint8Array; readonly key: string };

type Asked = Pick<CardSpec, 'key' | 'note' | 'wishes'>;

/** Where the keys on cards come from: the account exports them, those it does not know are made up. */
export function createKeyRing(ask: AskAccount): (asked: Asked) => Promise<CardPair> {
  let second: Promise<string> | undefined;
  const imported = async () => {
    const { id } = await ask<{ id: string }>('POST', '/api/v1/grks/import', { key: madeUpKey(), note: 'second key' });
    return id;
  };
  const exported = async (id: string, { note = '', wishes }: Asked): Promise<CardPair> => {
    const wished = Object.fromEntries(wishes.map((wish) => [wish, '1']));
    const query = new URLSearchParams({ form: 'files', note, ...wished });
    const pair = await ask<{ t2mTxt: string; t2mJson: string }>('GET', `/api/v1/grks/${id}/export?${query}`);
    const t2mTxt = bytesOf(pair.t2mTxt);
    return { t2mTxt, t2mJson: bytesOf(pair.t2mJson), key: keyIn(t2mTxt) };
  };
  return async (asked) => {
    if (asked.key === 'account') return exported(await ownKey(ask), asked);
    if (asked.key === 'unknown') return unknownPair(await exported(await ownKey(ask), asked), asked.note);
    second ??= imported();
    return exported(await second, asked);
  };
}

/** A card that leads to the account like its own, with a key it has never seen, signed by whoever wrote the card. */
function unknownPair(own: CardPair, note = ''): CardPair {
  const key = madeUpKey();
  const t2mTxt = assertOk(formatT2mTxt({ grk: key, note }));
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const signer: Ed25519Jwk = { kty: 'OKP', crv: 'Ed25519', x };
  const secretKey = Uint8Array.of(...Buffer.from(d, 'base64url'), ...(publicKeyOf(signer) ?? []));
  const { manifest } = assertOk(readT2mJson(own.t2mJson));
  const changed = { ...manifest, accountKey: signer, grkId: grkIdOf(key), t2mSha256: sha256Hex(t2mTxt) };
  return { t2mTxt, t2mJson: formatT2mJson(changed, secretKey), key };
}

function madeUpKey(): Grk {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const characters = Array.from({ length: 32 }, () => alphabet[randomInt(alphabet.length)]);
  return assertOk(parseGrk(`A01-${characters.join('')}`));
}

function keyIn(t2mTxt: Uint8Array): string {
  return (
    /^T2MKey:(.*?)\r?$/m.exec(Buffer.from(t2mTxt).toString('latin1'))?.[1] ?? fail('an exported T2M.txt without a key')
  );
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

function fail(why: string): never {
  throw new Error(`this is a bug: ${why}`);
}
