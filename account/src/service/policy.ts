import {
  commandTopicFor,
  type DeviceId,
  type Millis,
  ok,
  type PolicySettings,
  policyTopicFor,
  type Result,
} from '@ewon-agent/contracts';
import { differencesOf, policyTold } from '../core/log-changes.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { FIRST_POLICY, nextPolicy, policyDocument, type UnsignedPolicy } from '../core/policy.ts';
import type { PolicyRecord } from '../core/records.ts';
import { type House, transactAndTell } from '../house.ts';
import type { StoreTx } from '../store/store.ts';
import { signedCommand } from './commands.ts';
import { allowPlaces, forgetAllPlaces, takeEvidenceAway } from './places.ts';
import { signAsAccount } from './signing.ts';

/** What a person changes of the policy; a `window` of null takes it away. */
export type PolicyChange = Partial<Omit<PolicySettings, 'window'>> & {
  readonly window?: PolicySettings['window'] | null;
};

/** What signing takes of the house. */
type Signing = Pick<House, 'accountId' | 'vault'>;

/** The policy that counts; the first one is made when somebody asks for it. */
export async function presentPolicy(tx: StoreTx, house: Signing, nowMs: Millis): Promise<PolicyRecord> {
  return (await tx.policy()) ?? issue(tx, house, nextPolicy(undefined, FIRST_POLICY, nowMs));
}

/** The same policy under a new version: something it is sent with changed. */
export async function reissuePolicy(tx: StoreTx, house: Signing, nowMs: Millis): Promise<void> {
  const present = await presentPolicy(tx, house, nowMs);
  await issue(tx, house, nextPolicy(present, present.settings, nowMs));
}

async function issue(tx: StoreTx, { accountId, vault }: Signing, unsigned: UnsignedPolicy): Promise<PolicyRecord> {
  const payload = policyDocument(accountId, unsigned, await tx.patchRoot());
  const record = { ...unsigned, signed: await signAsAccount(tx, vault, { typ: 'ewon-policy', payload }) };
  await tx.setPolicy(record);
  return record;
}

/** Tells whether the account locates Ewons. */
export async function isGeolocationOn(tx: StoreTx): Promise<boolean> {
  return ((await tx.policy())?.settings ?? FIRST_POLICY).geolocation;
}

/**
 * Changes the policy, and tells every device; the same again is no new policy, and says nothing. With geolocation off all places are
 * deleted in the same transaction.
 * @param wish a change, or what makes one of the settings as they are at that moment
 */
export async function changePolicy(
  house: House,
  wish: PolicyChange | ((present: PolicySettings) => PolicyChange),
): Promise<Result<PolicyRecord>> {
  const unwanted: DeviceId[] = [];
  const done = await transactAndTell(house, async (tx, telling, nowMs) => {
    const present = await presentPolicy(tx, house, nowMs);
    const change = typeof wish === 'function' ? wish(present.settings) : wish;
    const { window = present.settings.window, ...others } = change;
    const { window: _, ...kept } = present.settings;
    const settings = { ...kept, ...others, ...(window && { window }) };
    const changes = differencesOf(policyTold(present.settings), policyTold(settings));
    const denials = denialLines(present.settings.denied, settings.denied);
    if (changes.length === 0 && denials.length === 0) return ok(present);
    const next = await issue(tx, house, nextPolicy(present, settings, nowMs));
    for (const event of [LOG_TEXTS.policySet(next.version, changes), ...denials]) await telling.noteDone(tx, { event });
    telling.tell({ type: 'settings', id: 'policy' });
    if (!settings.geolocation) unwanted.splice(0, Infinity, ...(await forgetAllPlaces(tx, telling, nowMs)));
    else if (!present.settings.geolocation) await allowPlaces(tx, telling);
    return ok(next);
  });
  takeEvidenceAway(house, unwanted);
  await tellOrders(house);
  return done;
}

function denialLines(before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...after.filter((path) => !before.includes(path)).map(LOG_TEXTS.patchDenied),
    ...before.filter((path) => !after.includes(path)).map(LOG_TEXTS.patchAllowed),
  ];
}

/** What telling orders takes of the house; all of it is there before the broker is. */
export type OrderHouse = Pick<House, 'accountId' | 'herald' | 'clock' | 'store' | 'vault'>;

/** Has the broker keep policy and open commands for all that are linked; or the policy for these, which were approved just now. */
export async function tellOrders(house: OrderHouse, only?: readonly DeviceId[]): Promise<void> {
  const { accountId, herald, clock } = house;
  await house.store.transact(async (tx) => {
    // of a few, only those are read: an approval must not cost more, the more Ewons there are
    const ewons = only ? await tx.ewonsNamed(only) : await tx.ewons({ link: ['linked'] });
    const payload = JSON.stringify((await presentPolicy(tx, house, clock.now())).signed);
    for (const { deviceId, link } of ewons)
      if (link === 'linked') herald.keep(policyTopicFor({ accountId, deviceId }), payload);
    if (only) return; // approved just now: nothing was ordered of them yet
    for (const command of await tx.commands({ isOpen: true })) {
      const { deviceId, commandId } = command;
      const signed = JSON.stringify(await signedCommand(tx, house, command));
      herald.keep(commandTopicFor({ accountId, deviceId }, commandId), signed);
    }
  });
}
