// What a tree of commands is made of. The commands themselves stand in commands/, a file for each thing that they are about.

import type { OrderName } from './commands.ts';

/** `user` only looks, `privileged` changes something, `config` changes the configuration. */
export type Mode = 'user' | 'privileged' | 'config';
/** Who may what; each may what those before it may. A technician commissions, an administrator lets people in and sets things. */
export const ROLES = ['viewer', 'technician', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/** What somebody outside of the console does. */
export type Order = {
  readonly what: OrderName;
  /** The values of the line, in their order, and behind them what the prompts were answered. */
  readonly given: readonly string[];
};
/** Asked for after the line. What is secret is not echoed and not kept. */
export type Prompt = { readonly label: string; readonly isSecret?: true };
/** What a command is. */
export type Run =
  | {
      readonly do: 'ask';
      readonly what: OrderName;
      /** Values that the words stand for; before those of the line. */
      readonly given?: readonly string[];
      readonly prompts?: readonly Prompt[];
      /** Only after somebody typed yes to this. */
      readonly confirm?: string;
      /** Bytes of a file go over the line meanwhile. */
      readonly isTransfer?: true;
      /** Told who is there before that: meanwhile nothing can be. */
      readonly begins?: string;
      /** The mode that follows where it was done. */
      readonly then?: Mode;
    }
  | { readonly do: 'length' | 'width'; readonly to?: number }
  | { readonly do: 'dumb' | 'talk' | 'monitor' | 'unmonitor' | 'enable' | 'disable' | 'exit' | 'help' };

/** What can follow a word. */
export type Place = {
  readonly to?: readonly Word[];
  /** A value is taken instead of a word. */
  readonly value?: Value;
  /** The command may end here. */
  readonly run?: Run;
};
export type Word = Place & {
  readonly word: string;
  readonly help: string;
  /** It changes something: only in privileged mode. */
  readonly needs?: 'privileged';
  /** The least role that may; without it any. Who may not is not shown it. */
  readonly role?: Role;
};
/** A value ends at a blank, unless it stands in quotation marks. */
export type Value = Place & {
  /** As in `<name>`. */
  readonly label: string;
  readonly help: string;
  readonly isValid: (text: string) => boolean;
};

/** Who types. The session over the agent's own socket is an administrator's: whoever may open it may do everything anyway. */
export type Person = { readonly name: string; readonly role: Role };

export function mayAs(role: Role, least: Role | undefined): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least ?? 'viewer');
}
