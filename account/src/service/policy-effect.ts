import { type PolicyEffect, policyEffect } from '../core/policy-effect.ts';
import type { House } from '../house.ts';
import { presentPolicy } from './policy.ts';

/** Reads how far the present policy has come. Every change of it is a change of an Ewon's row, which is told as it happens. */
export async function readPolicyEffect(house: House): Promise<PolicyEffect> {
  return house.store.transact(async (tx) => {
    const { version } = await presentPolicy(tx, house, house.clock.now());
    const told = new Map((await tx.allRetained('health')).map(({ deviceId, message }) => [deviceId, message.policy]));
    const ewons = await tx.ewons({ link: ['linked'] });
    return policyEffect(
      version,
      ewons.map(({ deviceId, name, online }) => ({
        ...{ deviceId, name, policy: told.get(deviceId) },
        status: online ? 'online' : 'offline',
      })),
    );
  });
}
