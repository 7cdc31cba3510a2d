import type { Result } from '@ewon-agent/contracts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { UserRecord } from '../core/users.ts';
import { type House, transactAndTell } from '../house.ts';
import { noteUser, userToChange } from './user-changes.ts';

// What an Administrator does when a laptop was lost: whoever is signed in on it is so no more.

/**
 * Ends all sessions of a user, those of his scripts as well. @param butSession hash of the one that asks, which stays
 * Codes: NOT_FOUND, NOT_PERMITTED.
 */
export async function endUserSessions(house: House, userId: string, butSession?: string): Promise<Result<UserRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const user = await userToChange(tx, house.person, userId);
    if (!user.ok) return user;
    await tx.endUserSessions(userId, butSession);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.sessionsEnded(user.value.login));
    return user;
  });
}

/** Has a user asked for a code again on every PC. Codes: NOT_FOUND, NOT_PERMITTED. */
export async function forgetPcs(house: House, userId: string): Promise<Result<UserRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const user = await userToChange(tx, house.person, userId);
    if (!user.ok) return user;
    await tx.forgetPcs(userId);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.pcsForgotten(user.value.login));
    return user;
  });
}

/** Ends all sessions of one-time links, and links that were not opened yet. @param butSession hash of the one that asks, which stays */
export async function endLinkSessions(house: House, butSession?: string): Promise<void> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    await tx.endSessions(butSession);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.linkSessionsEnded());
  });
}
