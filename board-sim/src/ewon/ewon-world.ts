import type { Millis } from '@ewon-agent/contracts';
import type { EwonHappening } from '../core/ewon/ewon-machine.ts';
import type { EwonState } from '../core/ewon/ewon-state.ts';

/** The Ewon as its servers see it. */
export type EwonWorld = {
  state(): EwonState;
  now(): Millis;
  happen(happened: EwonHappening): void;
  /** Tells whether a user may come in. */
  allows(user: string, password: string): boolean;
  /** Puts a file. @returns why it was refused */
  put(path: string, bytes: Uint8Array): string | undefined;
};

/** A server that can be shut and opened again on the same port. */
export type EwonDoor = { readonly port: number; open(): Promise<void>; shut(): Promise<void> };
