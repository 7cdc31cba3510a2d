import type { EwonView, RegistrationView } from '@ewon-agent/account/http/views';
import type { AdminApi } from '../src/admin-api.ts';

/** Sees what the account tells, as the page does, from now on. */
export type Witness = {
  /** Waits for a registration with this serial that is pending. */
  pending(serial: string): Promise<RegistrationView>;
  /** Waits until the Ewon with this serial is seen online. */
  online(serial: string): Promise<EwonView>;
  close(): void;
};

/** Nothing of one story takes as long; what does is stuck. */
const STUCK_AFTER_MS = 60_000;

export async function createWitness(api: AdminApi): Promise<Witness> {
  const registrations = new Map<string, RegistrationView>();
  const ewons = new Map<string, EwonView>();
  const waiting = new Set<() => void>();
  const end = await api.changes(({ type, id, row }) => {
    if (type === 'registration') registrations.set(id, row as RegistrationView);
    if (type === 'ewon') ewons.set(id, row as EwonView);
    for (const look of [...waiting]) look();
  });
  const until = <T>(find: () => T | undefined, what: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(late);
        waiting.delete(look);
      };
      const look = () => {
        const found = find();
        if (!found) return;
        done();
        resolve(found);
      };
      const late = setTimeout(() => {
        done();
        reject(new Error(`stuck: not within ${STUCK_AFTER_MS} ms: ${what}`));
      }, STUCK_AFTER_MS);
      waiting.add(look);
      look();
    });
  return {
    pending: (serial) =>
      until(
        () => [...registrations.values()].find((row) => row.serial === serial && row.state === 'pending'),
        `${serial} pending`,
      ),
    online: (serial) =>
      until(
        () => [...ewons.values()].find((row) => row.serial === serial && row.status === 'online'),
        `${serial} online`,
      ),
    close: end,
  };
}
