import type { ClockPort, Millis } from '@ewon-agent/contracts';
import type { EwonHappening } from '../core/ewon/ewon-machine.ts';
import type { EwonState, EwonUser } from '../core/ewon/ewon-state.ts';
import type { EwonTrouble } from '../core/ewon/trouble.ts';

/** The Ewon as its servers see it. */
export type EwonWorld = {
  state(): EwonState;
  now(): Millis;
  trouble(): EwonTrouble;
  happen(happened: EwonHappening): void;
  become(state: EwonState): void;
  /** Waits as long as an answer takes. */
  think(): Promise<void>;
  /** Waits as long as it takes to write one piece of a file; undefined when that is no time. */
  swallow(): Promise<void> | undefined;
};

/** A server on 127.0.0.1. While the Ewon boots, it ends every connection at once. */
export type EwonDoor = {
  readonly port: number;
  /** Listens again on its port, or no more. */
  open(): Promise<void>;
  shut(): Promise<void>;
  /** Ends what is going on. */
  hangUp(): void;
};

/** The user who shows that password; the login in any case, as the factory writes `Adm` and everybody `adm`. */
export function userIn(state: EwonState, login: string, password: string): EwonUser | undefined {
  const asked = login.toLowerCase();
  return state.users.find((user) => user.login.toLowerCase() === asked && user.password === password);
}

/** Waits by a clock. */
export function sleepBy(clock: Pick<ClockPort, 'after'>, delayMs: Millis): Promise<void> {
  return new Promise((resolve) => void clock.after(delayMs, resolve));
}
