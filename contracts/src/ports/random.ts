/** Chance. Obligation: `bytes` are fit for keys and ids (unpredictable); each call gives fresh ones. */
export type RandomPort = {
  bytes(length: number): Uint8Array;
  /** Even over [0, 1). For jitter, not for secrets. */
  fraction(): number;
};
