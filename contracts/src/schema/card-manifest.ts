import type { GrkId } from '../ids.ts';
import type { Ed25519Jwk } from '../jws.ts';
import type { Timestamp } from '../units.ts';
import { jsonReader } from '../validate.ts';
import { exactly, grkId, httpsUrl, jwk, pem, sha256Hex, text, timestamp } from './common.ts';

/**
 * Payload of the JWS (`ewon-card`) in `T2M.json`, signed by `accountKey`.
 * `accountUrl` is the URL of the directory. Dates are judged by the account, not by a device whose clock may stand at 1970.
 */
export type CardManifest = {
  readonly v: 1;
  readonly accountUrl: string;
  readonly accountCa: string;
  readonly accountKey: Ed25519Jwk;
  readonly grkId: GrkId;
  readonly t2mSha256: string;
  readonly pool?: string;
  readonly notBefore: Timestamp;
  readonly notAfter?: Timestamp;
  readonly receipt: boolean;
  readonly wipe: boolean;
};

/** What a signed card asks of the device that used it: a line in `RESULT.TXT`, and that its key is wiped afterwards. */
export type CardWishes = Pick<CardManifest, 'receipt' | 'wipe'>;

const schema = exactly(
  {
    v: { const: 1 },
    accountUrl: httpsUrl,
    accountCa: pem,
    accountKey: jwk,
    grkId,
    t2mSha256: sha256Hex,
    pool: text(100),
    notBefore: timestamp,
    notAfter: timestamp,
    receipt: { type: 'boolean' },
    wipe: { type: 'boolean' },
  },
  ['pool', 'notAfter'],
);

/** Reads the manifest of a card. Codes: T2MJSON_BAD. */
export const readCardManifest = jsonReader<CardManifest>(schema, 'T2MJSON_BAD');
