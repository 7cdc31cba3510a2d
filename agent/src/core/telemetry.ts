import { type Millis, type TagReading, type TagSample, timestampOf } from '@ewon-agent/contracts';

// Report by exception: a tag is told when it changed by more than its deadband, and at least once in each heartbeat,
// so that silence means that nothing changed and not that nobody looks.

/** How much of a tag is told. */
export type TagRule = {
  /** A number that moved by this or less since it was told last is not told. 0: every change is. */
  readonly deadband: number;
  /** A tag that did not change is told again after this time. */
  readonly heartbeatMs: Millis;
};

/** Which tags are told, and how much of them. */
export type TelemetryRules = TagRule & {
  /** Only these, each with what differs for it; all of them when it is not there. */
  readonly tags?: Readonly<Record<string, Partial<TagRule>>>;
};

/** What was told last of a tag. */
export type ToldTag = Pick<TagReading, 'value' | 'quality'> & { readonly atMs: Millis };
export type ToldTags = ReadonlyMap<string, ToldTag>;

/** A moment, by the clock on the wall and by the one that never jumps. */
export type Moment = { readonly wallMs: Millis; readonly steadyMs: Millis };

/**
 * Chooses what is to be told now. A tag that is gone is forgotten, and told at once when it is back; so is a tag that changed its
 * quality, whatever its value.
 * @param told by the steady clock
 * @returns the samples in the order of the readings, and what will have been told once they are accepted
 */
export function chooseSamples(
  told: ToldTags,
  readings: readonly TagReading[],
  { wallMs, steadyMs }: Moment,
  rules: TelemetryRules,
): { readonly samples: readonly TagSample[]; readonly told: ToldTags } {
  const samples: TagSample[] = [];
  const next = new Map<string, ToldTag>();
  for (const reading of readings) {
    const rule = ruleFor(reading.tag, rules);
    if (!rule || next.has(reading.tag)) continue; // of a name that stands twice the first counts
    const last = told.get(reading.tag);
    if (last && !isDue(last, reading, steadyMs, rule)) {
      next.set(reading.tag, last);
      continue;
    }
    next.set(reading.tag, { value: reading.value, quality: reading.quality, atMs: steadyMs });
    samples.push(sampleOf(reading, wallMs));
  }
  return { samples, told: next };
}

/** What a message of telemetry holds at most; the account takes 500 samples. */
const SAMPLES_MAX = 200;
/** Text of a string tag may be 1 KiB: a message stays small enough to share a slow line with others. */
const BYTES_MAX = 16_384;

/** Splits samples into messages, in order; none is empty. */
export function telemetryMessages(samples: readonly TagSample[]): readonly (readonly TagSample[])[] {
  const messages: TagSample[][] = [];
  let room = 0;
  for (const sample of samples) {
    const bytes = JSON.stringify(sample).length;
    const last = messages.at(-1);
    if (last && last.length < SAMPLES_MAX && bytes <= room) {
      last.push(sample);
      room -= bytes;
    } else {
      messages.push([sample]);
      room = BYTES_MAX - bytes;
    }
  }
  return messages;
}

function ruleFor(tag: string, { tags, deadband, heartbeatMs }: TelemetryRules): TagRule | undefined {
  if (!tags) return { deadband, heartbeatMs };
  return Object.hasOwn(tags, tag) ? { deadband, heartbeatMs, ...tags[tag] } : undefined;
}

function isDue(last: ToldTag, { value, quality }: TagReading, nowMs: Millis, rule: TagRule): boolean {
  if (quality !== last.quality || nowMs - last.atMs >= rule.heartbeatMs) return true;
  if (typeof value === 'number' && typeof last.value === 'number') return Math.abs(value - last.value) > rule.deadband;
  return value !== last.value;
}

function sampleOf({ tag, value, quality }: TagReading, wallMs: Millis): TagSample {
  return { tag, value, at: timestampOf(wallMs), ...(quality === 'good' ? {} : { quality }) };
}
