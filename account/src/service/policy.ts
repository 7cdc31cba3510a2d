import {
  commandTopicFor,
  type DeviceId,
  type Millis,
  ok,
  type PolicySettings,
  policyTopicFor,
  type Result,
  type SignedByAccount,
} from '@ewon-agent/contracts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { FIRST_POLICY, nextPolicy, policyDocument } from '../core/policy.ts';
import type { PolicyRecord } from '../core/records.ts';
import { type House, transactAndTell } from '../house.ts';
import type { StoreTx } from '../store/store.ts';
import { signedCommand } from './commands.ts';
import { signAsAccount } from './signing.ts';

const USER = { name: 'administrator', subject: 'User' } as const;

/** What a person changes of the policy; a `window` of null takes it away. */
export type PolicyChange = Partial<Omit<PolicySettings, 'window'>> & {
  readonly window?: PolicySettings['window'] | null;
};

/** The policy that counts; the first one is made when somebody asks for it. */
export async function presentPolicy(tx: StoreTx, nowMs: Millis): Promise<PolicyRecord> {
  const present = await tx.policy();
  if (present) return present;
  const first = nextPolicy(undefined, FIRST_POLICY, nowMs);
  await tx.setPolicy(first);
  return first;
}

/** The same policy under a new version: something it is sent with changed. */
export async function reissuePolicy(tx: StoreTx, nowMs: Millis): Promise<void> {
  const present = await presentPolicy(tx, nowMs);
  await tx.setPolicy(nextPolicy(present, present.settings, nowMs));
}

/** The policy as devices take it. */
export async function signedPolicy(
  tx: StoreTx,
  { accountId, vault }: Pick<House, 'accountId' | 'vault'>,
  nowMs: Millis,
): Promise<SignedByAccount> {
  const payload = policyDocument(accountId, await presentPolicy(tx, nowMs));
  return signAsAccount(tx, vault, { typ: 'ewon-policy', payload });
}

/** Changes the policy, and tells every device. */
export async function changePolicy(house: House, change: PolicyChange): Promise<Result<PolicyRecord>> {
  const done = await transactAndTell(house, async (tx, telling, nowMs) => {
    const present = await presentPolicy(tx, nowMs);
    const { window = present.settings.window, ...others } = change;
    const { window: _, ...kept } = present.settings;
    const next = nextPolicy(present, { ...kept, ...others, ...(window && { window }) }, nowMs);
    await tx.setPolicy(next);
    const { geolocation, remoteManagement } = next.settings;
    await telling.note(tx, { ...USER, event: LOG_TEXTS.policySet(next.version, { geolocation, remoteManagement }) });
    telling.tell({ type: 'settings', id: 'policy' });
    return ok(next);
  });
  await tellOrders(house);
  return done;
}

/** What telling orders takes of the house; all of it is there before the broker is. */
export type OrderHouse = Pick<House, 'accountId' | 'herald' | 'clock' | 'store' | 'vault'>;

/** Has the broker keep policy and open commands for these devices; for all that are linked unless told. */
export async function tellOrders(house: OrderHouse, only?: readonly DeviceId[]): Promise<void> {
  const { accountId, herald, clock } = house;
  await house.store.transact(async (tx) => {
    const linked = await tx.ewons({ link: ['linked'] });
    const payload = JSON.stringify(await signedPolicy(tx, house, clock.now()));
    for (const { deviceId } of linked)
      if (!only || only.includes(deviceId)) herald.keep(policyTopicFor({ accountId, deviceId }), payload);
    for (const command of await tx.commands({ isOpen: true })) {
      const { deviceId, commandId } = command;
      if (only && !only.includes(deviceId)) continue;
      const signed = JSON.stringify(await signedCommand(tx, house, command));
      herald.keep(commandTopicFor({ accountId, deviceId }, commandId), signed);
    }
  });
}
