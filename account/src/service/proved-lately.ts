import { MINUTE_MS, type Millis, timestampOf } from '@ewon-agent/contracts';
import { lockedUntil, triesName } from '../core/lock-out.ts';
import { preparedPassword } from '../core/password-policy.ts';
import type { House } from '../house.ts';
import { keyedHashOf } from '../secrets/token-hash.ts';
import type { StoreTx } from '../store/store.ts';

// Scripts give a password with each call. Whoever proved his a short while ago is known by it without another slow hash. What is kept is a keyed hash
// of the password together with all that the proof hung on: who looks it up with something else, or after a change, finds nothing and pays in full.

/** A login and a password, from a source network. */
export type LoginClaim = { readonly login: string; readonly password: string; readonly network: string };
/** A claim as it stands now. `key`: under which it is kept once it is proved. */
export type Standing = { readonly userId: string; readonly key: string };

/** Passwords that were proved lately. In memory alone, and of this start alone. */
export type ProvedLately = {
  /** Undefined of whoever cannot be proved now: no such user, locked out, or his password has expired. Asks the same of a right password and a wrong one. */
  standingOf(tx: StoreTx, claim: LoginClaim, nowMs: Millis): Promise<Standing | undefined>;
  knows(standing: Standing): boolean;
  /** @param standing from before the proof: a change meanwhile must not be taken for proved */
  keep(standing: Standing): void;
};

/** A script over hundreds of Ewons is through; who has learned a password otherwise is no better off than with a session. */
const KEPT_MS: Millis = 10 * MINUTE_MS;
/** Far more than there are scripts; beyond it the oldest pays again. 1000 are about 0.2 MB. */
const KEPT_MAX = 1000;

/** Makes an empty memory with a key of its own. */
export function createProvedLately({ clock, random }: Pick<House, 'clock' | 'random'>): ProvedLately {
  const secret = random.bytes(32);
  /** When each was proved; the oldest first. */
  const proved = new Map<string, Millis>();
  return {
    async standingOf(tx, { login, password, network }, nowMs) {
      for (const kind of ['user', 'network'] as const)
        if (lockedUntil(await tx.triesOf(triesName(kind, { login, network })), nowMs) !== undefined) return undefined;
      const user = await tx.userByLogin(login);
      const userId = user?.userId ?? ''; // one that there is not costs the same
      const credentials = await tx.credentials(userId);
      const { signedInAt: _, ...about } = user ?? { signedInAt: null };
      const rights = [await tx.groupsOf(userId), await tx.groups()];
      const policies = [await tx.document('passwordPolicy'), await tx.document('twoFactorPolicy')];
      const hungOn = [about, credentials?.passwordHash, rights, policies, preparedPassword(password)];
      const key = keyedHashOf(secret, JSON.stringify(hungOn));
      const expiresAt = user?.passwordExpiresAt ?? null;
      const isExpired = expiresAt !== null && expiresAt <= timestampOf(nowMs);
      return user && credentials && !isExpired ? { userId, key } : undefined;
    },
    knows({ key }) {
      const atMs = proved.get(key);
      return atMs !== undefined && clock.monotonic() - atMs < KEPT_MS;
    },
    keep({ key }) {
      proved.delete(key);
      proved.set(key, clock.monotonic());
      for (const [kept, atMs] of proved) {
        if (proved.size <= KEPT_MAX && clock.monotonic() - atMs < KEPT_MS) return;
        proved.delete(kept);
      }
    },
  };
}
