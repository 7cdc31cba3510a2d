import { type AccountId, type DeviceId, err, type Fault } from '@ewon-agent/contracts';
import type { KnownEwon } from './registration.ts';

// What the account answers to a registration by wizard, once the user's password was found right (seed row 10: an unused name,
// added to the selected pool at once; whether keys register Ewons is another matter).

export type WizardFacts = {
  readonly publicKey: string;
  /** Whether the user may decide about Ewons in the pool. */
  readonly isPermitted: boolean;
  readonly pool: string;
  /** Ewons with the serial or the key of the device. */
  readonly ewons: readonly KnownEwon[];
  /** The Ewon that is listed with the name. */
  readonly named: { readonly deviceId: DeviceId; readonly publicKey: string } | undefined;
};

export type WizardDecision =
  | { readonly do: 'approve' }
  /** It had this name before. */
  | { readonly do: 'replace'; readonly deviceId: DeviceId }
  | { readonly do: 'refuse'; readonly fault: Fault };

/** Decides about a registration by wizard. Codes: NOT_PERMITTED, NAME_TAKEN, SERIAL_ACTIVE. */
export function decideWizard(facts: WizardFacts, name: string): WizardDecision {
  const { publicKey, isPermitted, pool, ewons, named } = facts;
  if (!isPermitted) return refuse('NOT_PERMITTED', `registrations.decide in pool ${pool}`);
  if (named && named.publicKey !== publicKey) return refuse('NAME_TAKEN', name);
  const twin = ewons.find((ewon) => ewon.publicKey !== publicKey && ewon.link === 'linked' && ewon.online);
  if (twin) return refuse('SERIAL_ACTIVE', twin.serial);
  return named ? { do: 'replace', deviceId: named.deviceId } : { do: 'approve' };
}

/** Tells whether a person means this account: by its name, however it is spelled, or its id. */
export function isMeant(typed: string, account: { readonly accountId: AccountId; readonly name: string }): boolean {
  const spelled = (text: string) => text.trim().normalize('NFC').toLowerCase();
  return [account.name, account.accountId].some((name) => spelled(name) === spelled(typed));
}

function refuse(code: Fault['code'], detail: string): WizardDecision {
  return { do: 'refuse', fault: err(code, detail).fault };
}
