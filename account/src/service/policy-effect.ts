import { type PolicyEffect, policyEffect } from '../core/policy-effect.ts';
import type { House } from '../house.ts';
import { presentPolicy } from './policy.ts';

/** Reads how far the present policy has come, naming so many of each kind at most. Every change of it is a change of an Ewon's row, which is told as it happens. */
export async function readPolicyEffect(house: House, limit?: number): Promise<PolicyEffect> {
  return house.store.transact(async (tx) => {
    const { version } = await presentPolicy(tx, house, house.clock.now());
    const told = new Map((await tx.allRetained('health')).map(({ deviceId, message }) => [deviceId, message.policy]));
    const ewons = await tx.linkedEwons();
    return policyEffect(
      version,
      ewons.map(({ deviceId, name, online, lastSeenAt, agent }) => ({
        ...{ deviceId, name, agent, lastSeen: lastSeenAt, policy: told.get(deviceId) },
        status: online ? 'online' : 'offline',
      })),
      limit,
    );
  });
}
