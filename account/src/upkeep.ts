import { DAY_MS, KIB, NONCE_VALID_MS, PENDING_VALID_MS, timestampOf } from '@ewon-agent/contracts';
import { LOCKED_OUT_MS } from './core/lock-out.ts';
import { REMEMBER_DAYS } from './core/two-factor.ts';
import { type House, removeAtBroker } from './house.ts';
import type { Nonces } from './http/nonces.ts';
import type { Siblings } from './ports/siblings.ts';
import { announceAspu } from './service/aspu.ts';
import { expireCommands } from './service/commands.ts';
import { settleMoves } from './service/imports/moving.ts';
import { forgetLog } from './service/log-list.ts';
import { markSilent } from './service/presence.ts';
import { expireOverdue } from './service/registrations.ts';
import { roundRollouts } from './service/rollout.ts';
import type { Rounds } from './service/rounds.ts';

/** Generations of nonces turn with it; an overdue request is found by who looks at it anyway, and a broker agrees when it is back. */
const UPKEEP_EVERY_MS = NONCE_VALID_MS;
/** Telemetry that is kept: a message a minute of each of ten Ewons for two weeks, and never more than a small disk can spare. */
const TELEMETRY_KEPT = { messages: 200_000, sizeBytes: 256 * 1024 * KIB };

/** Commands at their end that are kept, each with an answer of 64 KiB at most. */
const COMMANDS_KEPT = 1000;

/**
 * Does what must be done now and then, one round after another; a round that fails is logged and tried again. Of several
 * servers the one that leads does it.
 * @returns ends it; resolves when the round that runs is over
 */
export function startUpkeep(
  house: House,
  nonces: Nonces,
  { siblings, imports }: { readonly siblings: Pick<Siblings, 'leads'>; readonly imports: Pick<Rounds, 'wake'> },
): () => Promise<void> {
  let cancel = (): void => {};
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  let leadsSinceMs = house.clock.now();

  const round = async (): Promise<void> => {
    house.herald.retry(); // each server what it could not tell itself
    house.aspu.refresh(); // whoever has the repository, and it may be one that does not lead
    await announceAspu(house);
    if (!siblings.leads) {
      leadsSinceMs = house.clock.now();
      return nonces.follow();
    }
    await expireOverdue(house);
    await tellBrokerOfRevoked(house);
    await expireCommands(house);
    await settleMoves(house);
    imports.wake(); // it asks other accounts, which nothing here waits for
    await nonces.turn();
    await markSilent(house, leadsSinceMs);
    await roundRollouts(house);
    await forgetLog(house);
    const nowMs = house.clock.now();
    await house.store.transact(async (tx) => {
      await tx.pruneSessions(timestampOf(nowMs));
      await tx.pruneUserSessions(timestampOf(nowMs));
      await tx.pruneHandovers(timestampOf(nowMs));
      await tx.pruneTries(nowMs - LOCKED_OUT_MS);
      await tx.prunePcs(timestampOf(nowMs - REMEMBER_DAYS.max * DAY_MS));
      await tx.pruneRegistrations(timestampOf(nowMs - PENDING_VALID_MS));
      await tx.pruneTelemetry(TELEMETRY_KEPT);
      await tx.pruneCommands(COMMANDS_KEPT);
    });
  };
  const arm = (): void => {
    cancel = house.clock.after(UPKEEP_EVERY_MS, () => {
      running = round()
        .catch((cause: unknown) => house.log.write('error', 'upkeep', 'round failed', { cause: String(cause) }))
        .then(() => {
          if (!stopped) arm();
        });
    });
  };
  arm();
  return async () => {
    stopped = true;
    cancel();
    await running;
  };
}

/** Revokes at the broker what it could not be told when it happened. */
export async function tellBrokerOfRevoked(house: House): Promise<void> {
  const untold = await house.store.transact((tx) => tx.ewons({ brokerTold: false }));
  for (const { deviceId } of untold) await removeAtBroker(house, { accountId: house.accountId, deviceId });
}
