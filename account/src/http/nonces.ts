import { createSecretKey } from 'node:crypto';
import type { ClockPort, RandomPort } from '@ewon-agent/contracts';
import type { AccountStore, StoreTx } from '../store/store.ts';
import { isFresh, makeNonce, readNonce } from './nonce.ts';

/** Hands out nonces and takes each of them back once. */
export type Nonces = {
  fresh(): string;
  /** Tells whether this account made it, lately. Does not use it up. */
  isGood(nonce: string): boolean;
  /** @returns false when it was used before */
  use(nonce: string): Promise<boolean>;
  /** The same within a transaction: one commit for the nonce and for what it was used for. */
  useIn(tx: StoreTx, nonce: string): Promise<boolean>;
  /** Begins a new generation; called about every NONCE_VALID_MS, by one process. */
  turn(): Promise<void>;
  /** Reads the generation that another process began; called about as often by all others. */
  follow(): Promise<void>;
};

/** @param secret 32 bytes; processes that share it and the store share their nonces */
export async function createNonces(
  store: AccountStore,
  secret: Uint8Array,
  { clock, random }: { readonly clock: ClockPort; readonly random: RandomPort },
): Promise<Nonces> {
  const key = createSecretKey(secret);
  let generation = await store.transact((tx) => tx.nonceGeneration());
  const useIn = async (tx: StoreTx, text: string): Promise<boolean> => {
    const nonce = readNonce(key, text);
    if (!nonce) return false;
    generation = await tx.nonceGeneration();
    // what the generations before the last have used is forgotten
    return nonce.generation >= generation - 1 && tx.useNonce(text, nonce.generation);
  };
  return {
    fresh: () => makeNonce(key, { generation, atMs: clock.now() }, random.bytes(16)),
    isGood(text) {
      const nonce = readNonce(key, text);
      if (!nonce) return false;
      // another process may be a generation ahead: nobody else makes a nonce with our key
      return isFresh(nonce, { generation: Math.max(generation, nonce.generation), atMs: clock.now() });
    },
    use: (text) => store.transact((tx) => useIn(tx, text)),
    useIn,
    async turn() {
      generation = await store.transact((tx) => tx.nextNonceGeneration());
    },
    async follow() {
      generation = await store.transact((tx) => tx.nonceGeneration());
    },
  };
}
