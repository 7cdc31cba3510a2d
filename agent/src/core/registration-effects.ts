import type { Code, CommandId, Fault, Millis } from '@ewon-agent/contracts';
import type { Link, SavedMove, SavedRequest, SavedWizard, WizardSecret } from './model.ts';

// What the registration machine orders.

export type RegistrationEffect =
  | { readonly do: 'sendRequest'; readonly request: SavedRequest }
  /** Without what is secret it asks what became of it. */
  | { readonly do: 'sendWizard'; readonly request: SavedWizard; readonly secret?: WizardSecret }
  | { readonly do: 'awaitDecision'; readonly location: string; readonly request: SavedRequest }
  | { readonly do: 'sendMove'; readonly request: SavedMove }
  /** The command that ordered a move has failed: ended with the same save. */
  | { readonly do: 'failMove'; readonly command: CommandId; readonly fault: Fault; readonly atMs: Millis }
  | { readonly do: 'sendUnlink'; readonly link: Link }
  | { readonly do: 'wake'; readonly timer: 'registration'; readonly afterMs: Millis }
  | { readonly do: 'letSleep'; readonly timer: 'registration' }
  | { readonly do: 'report'; readonly code: Code; readonly detail: string }
  /** What waits to be sent stays on the device for good. */
  | { readonly do: 'withholdEvents' };

export const withholdEvents: RegistrationEffect = { do: 'withholdEvents' };
export const letSleep: RegistrationEffect = { do: 'letSleep', timer: 'registration' };

/** Asks or tells again after a pause. */
export function wake(afterMs: Millis): RegistrationEffect {
  return { do: 'wake', timer: 'registration', afterMs };
}

/** Tells people. */
export function report(code: Code, detail: string): RegistrationEffect {
  return { do: 'report', code, detail };
}
