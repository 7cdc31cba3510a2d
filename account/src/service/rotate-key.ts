import {
  err,
  jwkOf,
  type KeyAnnouncement,
  ok,
  type Result,
  signJws,
  type Timestamp,
  timestampOf,
  toBase64url,
} from '@ewon-agent/contracts';
import nacl from 'tweetnacl';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { AccountKeyRecord } from '../core/records.ts';
import { type House, transactAndTell } from '../house.ts';
import { accountKeyView } from '../http/views.ts';
import type { StoreTx } from '../store/store.ts';
import { reissuePolicy, tellOrders } from './policy.ts';
import { signingKey } from './signing.ts';

// Changing the account's key (docs/decisions/0025-account-key.md): announced first, then used.

/** Makes the next key and announces it, signed by the present one. Codes: CONFLICT (one is announced already). */
export async function announceKey(house: House): Promise<Result<readonly AccountKeyRecord[]>> {
  const done = await transactAndTell(house, async (tx, telling, nowMs) => {
    const keys = await tx.accountKeys();
    if (keys.some(({ state }) => state === 'next')) return err('CONFLICT', 'a key is announced already');
    const record = await makeNext(tx, house, timestampOf(nowMs));
    await reissuePolicy(tx, house, nowMs);
    await telling.noteDone(tx, { event: LOG_TEXTS.accountKeyAnnounced(accountKeyView(record).fingerprint) });
    telling.tell({ type: 'settings', id: 'account-keys' });
    return ok(await tx.accountKeys());
  });
  if (done.ok) await tellOrders(house);
  return done;
}

/** Signs with the announced key from now on. Codes: CONFLICT (none is announced). */
export async function switchKey(house: House): Promise<Result<readonly AccountKeyRecord[]>> {
  const done = await transactAndTell(house, async (tx, telling, nowMs) => {
    const keys = await tx.accountKeys();
    const next = keys.find(({ state }) => state === 'next');
    if (!next) return err('CONFLICT', 'no key is announced; "account key rotate" announces one');
    for (const { number, state } of keys) if (state === 'current') await tx.updateAccountKey(number, { state: 'old' });
    await tx.updateAccountKey(next.number, { state: 'current' });
    await reissuePolicy(tx, house, nowMs);
    await telling.noteDone(tx, {
      severity: 'warn',
      event: LOG_TEXTS.accountKeyChanged(accountKeyView(next).fingerprint),
    });
    telling.tell({ type: 'settings', id: 'account-keys' });
    return ok(await tx.accountKeys());
  });
  if (done.ok) await tellOrders(house);
  return done;
}

async function makeNext(
  tx: StoreTx,
  { vault, random, accountId }: Pick<House, 'vault' | 'random' | 'accountId'>,
  createdAt: Timestamp,
): Promise<AccountKeyRecord> {
  const keys = await tx.accountKeys();
  const number = (keys.at(-1)?.number ?? 0) + 1;
  const seed = random.bytes(32);
  const { publicKey } = nacl.sign.keyPair.fromSeed(seed);
  const payload: KeyAnnouncement = { v: 1, accountId, number, key: jwkOf(publicKey), issuedAt: createdAt };
  const { secretKey } = await signingKey(tx, vault);
  const record: AccountKeyRecord = {
    ...{ number, publicKey: toBase64url(publicKey), sealedSeed: vault.sealBytes(seed), state: 'next', createdAt },
    announcement: signJws({ typ: 'ewon-key' }, JSON.stringify(payload), secretKey),
  };
  await tx.insertAccountKey(record);
  return record;
}
