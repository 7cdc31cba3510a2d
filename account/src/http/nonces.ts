import type { ClockPort, RandomPort } from '@ewon-agent/contracts';
import type { AccountStore } from '../store/store.ts';
import { isFresh, makeNonce, readNonce } from './nonce.ts';

/** Hands out nonces and takes each of them back once. */
export type Nonces = {
  fresh(): string;
  /** Tells whether this account made it, lately. Does not use it up. */
  isGood(nonce: string): boolean;
  /** @returns false when it was used before */
  use(nonce: string): Promise<boolean>;
  /** Begins a new generation; called about every NONCE_VALID_MS, by one process. */
  turn(): Promise<void>;
  /** Reads the generation that another process began; called about as often by all others. */
  follow(): Promise<void>;
};

/** @param key 32 bytes; processes that share it and the store share their nonces */
export async function createNonces(
  store: AccountStore,
  key: Uint8Array,
  { clock, random }: { readonly clock: ClockPort; readonly random: RandomPort },
): Promise<Nonces> {
  let generation = await store.transact((tx) => tx.nonceGeneration());
  return {
    fresh: () => makeNonce(key, { generation, atMs: clock.now() }, random.bytes(16)),
    isGood(text) {
      const nonce = readNonce(key, text);
      if (!nonce) return false;
      // another process may be a generation ahead: nobody else makes a nonce with our key
      return isFresh(nonce, { generation: Math.max(generation, nonce.generation), atMs: clock.now() });
    },
    async use(text) {
      const nonce = readNonce(key, text);
      if (!nonce) return false;
      return store.transact(async (tx) => {
        generation = await tx.nonceGeneration();
        // what the generations before the last have used is forgotten
        return nonce.generation >= generation - 1 && tx.useNonce(text, nonce.generation);
      });
    },
    async turn() {
      generation = await store.transact((tx) => tx.nextNonceGeneration());
    },
    async follow() {
      generation = await store.transact((tx) => tx.nonceGeneration());
    },
  };
}
