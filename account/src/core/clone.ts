import type { StatusMessage } from '@ewon-agent/contracts';

// Whether two boards use one identity. A board counts its starts and saves the count before it speaks; each start has
// an id of its own. So one board tells ids whose counts grow, and an id never comes back after a later one. A copied
// state directory, or one restored from a backup, breaks that (docs/decisions/0021-clones.md).

type Boot = Pick<StatusMessage, 'bootId' | 'bootCount' | 'epoch' | 'seq'>;
/** The last starts of a device, the latest one last; `strikes`: older ones that spoke again, which may have been late. */
export type Boots = { readonly seen: readonly Boot[]; readonly strikes: number };

export type CloneVerdict = { readonly boots: Boots; readonly suspicion?: string };

/** More than a device starts within the time that a broker holds back messages. */
const BOOTS_KEPT = 8;
/** One message of an earlier start may have been on the way longer than a later one. */
const STRIKES_MAX = 1;

/** Judges an `online` of a device. Total and pure. `suspicion` says why this cannot be one board. */
export function judgeBoot(boots: Boots, { bootId, bootCount, epoch, seq }: Boot): CloneVerdict {
  const boot = { bootId, bootCount, epoch, seq };
  const latest = boots.seen.at(-1);
  if (!latest) return { boots: { seen: [boot], strikes: 0 } };
  const known = boots.seen.find((one) => one.bootId === bootId);
  if (!known) {
    const next = { seen: [...boots.seen, boot].slice(-BOOTS_KEPT), strikes: 0 };
    if (bootCount > latest.bootCount) return { boots: next };
    return { boots: next, suspicion: `start ${bootCount} came after start ${latest.bootCount}` };
  }
  if (known.bootCount !== bootCount) return { boots, suspicion: `start ${known.bootCount} calls itself ${bootCount}` };
  if (known.epoch === epoch && seq <= known.seq) return { boots }; // a broker that handed it over again
  const seen = boots.seen.map((one) => (one === known ? boot : one));
  if (known === latest) return { boots: { seen, strikes: boots.strikes } };
  const strikes = boots.strikes + 1;
  const isLater = epoch === latest.epoch && seq > latest.seq; // it knows of messages that the later start sent
  if (!isLater && strikes <= STRIKES_MAX) return { boots: { seen, strikes } };
  return { boots: { seen, strikes }, suspicion: `start ${bootCount} goes on beside start ${latest.bootCount}` };
}

/** Reads what {@link writeBoots} wrote; what cannot be read is as if nothing had been seen. */
export function readBoots(text: string | null): Boots {
  return text === null ? { seen: [], strikes: 0 } : JSON.parse(text);
}

/** Writes what is to be remembered, as text. */
export function writeBoots(boots: Boots): string {
  return JSON.stringify(boots);
}
