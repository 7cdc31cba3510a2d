import type { DeviceId } from '@ewon-agent/contracts';
import type { EwonRecord, RegistrationRecord } from './records.ts';

// Which Ewon a new one is likely to take the place of, and by what that is told.

/** Why an Ewon is proposed, the strongest first. Each weighs more than all after it together. */
export const CANDIDATE_REASONS = ['key', 'serial', 'mac', 'name', 'note', 'unlinked', 'offline'] as const;
export type CandidateReason = (typeof CANDIDATE_REASONS)[number];

/** An Ewon that may be replaced, with its evidence in words. */
export type Candidate = {
  readonly deviceId: DeviceId;
  readonly reasons: readonly { readonly is: CandidateReason; readonly text: string }[];
};

type Asks = Pick<RegistrationRecord, 'publicKey' | 'serial' | 'macs' | 'note'>;
type Known = Pick<
  EwonRecord,
  'deviceId' | 'publicKey' | 'serial' | 'name' | 'note' | 'link' | 'online' | 'lastSeenAt'
> & {
  /** Those of its MACs that the new one has as well. */
  readonly sharedMacs: readonly string[];
};

/**
 * Ranks Ewons by the evidence that the new one stands where they stood; of equal evidence the one that was heard last, because
 * a device is changed soon after it failed. Left out: who is online, unless it is the same device, and who has no evidence.
 */
export function rankCandidates(asks: Asks, ewons: readonly Known[]): readonly Candidate[] {
  return ewons
    .filter((ewon) => !ewon.online || ewon.publicKey === asks.publicKey)
    .map((ewon) => ({ ewon, reasons: reasonsOf(asks, ewon) }))
    .filter(({ reasons }) => reasons.length > 0)
    .toSorted((a, b) => weightOf(b.reasons) - weightOf(a.reasons) || later(a.ewon, b.ewon))
    .map(({ ewon, reasons }) => ({ deviceId: ewon.deviceId, reasons }));
}

function reasonsOf(asks: Asks, ewon: Known): Candidate['reasons'] {
  const note = asks.note.trim().toLowerCase();
  const found: Candidate['reasons'][number][] = [];
  if (ewon.publicKey === asks.publicKey)
    found.push({ is: 'key', text: 'it is the same device: it shows the same key' });
  if (ewon.serial === asks.serial) found.push({ is: 'serial', text: `it has the same serial number, ${asks.serial}` });
  if (ewon.sharedMacs.length > 0)
    found.push({ is: 'mac', text: `it had the same MAC address, ${ewon.sharedMacs.join(', ')}` });
  if (note !== '' && ewon.name.toLowerCase() === note)
    found.push({ is: 'name', text: `the note of the card is its name, "${ewon.name}"` });
  if (note !== '' && ewon.note.trim().toLowerCase() === note)
    found.push({ is: 'note', text: `its card had the same note, "${ewon.note}"` });
  if (ewon.link === 'unlinked') found.push({ is: 'unlinked', text: 'it forgot this account' });
  else if (!ewon.online)
    found.push({
      is: 'offline',
      text: ewon.lastSeenAt === null ? 'it was never online' : `it is offline and was heard last at ${ewon.lastSeenAt}`,
    });
  return found;
}

function weightOf(reasons: Candidate['reasons']): number {
  const last = CANDIDATE_REASONS.length - 1;
  return reasons.reduce((sum, { is }) => sum + 2 ** (last - CANDIDATE_REASONS.indexOf(is)), 0);
}

function later(a: Known, b: Known): number {
  const [ofA, ofB] = [a.lastSeenAt ?? '', b.lastSeenAt ?? ''];
  if (ofA !== ofB) return ofA < ofB ? 1 : -1;
  return a.deviceId < b.deviceId ? -1 : 1;
}
