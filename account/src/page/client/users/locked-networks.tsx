import { ProblemNotice, Untrusted, useAsking } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { USERS_TEXTS } from '../texts-users.ts';
import { clockTime, harmless } from '../words.ts';
import { useSlowly } from './slowly.ts';
import type { UsersTold } from './users-section.tsx';

const T = USERS_TEXTS.users;
/** A lock-out is told by a line of the log, among many others. */
const BREATH_MS = 2000;

/** Networks of which nobody may sign in for a while, and the end of that. */
export function LockedNetworks({ told, api, changes, changed }: UsersTold) {
  const lines = useSlowly(told.logChanges, BREATH_MS);
  const { value: networks = [], problem } = useReading('', changes + lines, api.lockedNetworks);
  const ask = useAsking();
  const unlock = (network: string) =>
    void ask.run(
      () => api.unlockNetwork(network),
      () => changed(T.networkUnlocked(harmless(network))),
    );
  const locked = networks.filter(({ lockedUntil }) => Date.parse(lockedUntil) > told.nowMs);
  return (
    <>
      <h4 id="networks-title">{T.networks}</h4>
      <p class="quiet">
        {T.networksText} {locked.length === 0 && T.noNetworks}
      </p>
      <ProblemNotice problem={problem ?? ask.problem} />
      {locked.length > 0 && (
        <ul class="rows" aria-labelledby="networks-title">
          {locked.map(({ network, lockedUntil }) => (
            <li key={network}>
              <span>
                <Untrusted text={network} /> <span class="quiet">{T.until(clockTime(lockedUntil))}</span>
              </span>
              <button type="button" disabled={ask.busy} onClick={() => unlock(network)}>
                {T.unlock}
                <span class="unseen">{USERS_TEXTS.of(harmless(network))}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
