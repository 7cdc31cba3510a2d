import { unreachable } from '@ewon-agent/contracts';
import type { AccountWanted, EventWanted, Observation, Throughout } from './scenario.ts';
import type { AccountSight, AgentSight, EventSight, Eyes, Vitals } from './stage.ts';

/** What one look brought; only what was asked for is there. */
export type Sight = {
  readonly agent?: AgentSight | undefined;
  readonly events?: readonly EventSight[];
  readonly account?: AccountSight;
  readonly cardFile?: string | undefined;
};

const OF_AGENT = ['registration', 'lastCode', 'uplink', 'slots', 'led', 'starts'] as const;

/** Looks at what an observation speaks of, and at nothing else. */
export async function look(seen: Observation, eyes: Eyes): Promise<Sight> {
  return {
    ...(OF_AGENT.some((what) => seen[what] !== undefined) ? { agent: await eyes.agent() } : {}),
    ...(seen.events ? { events: await eyes.events() } : {}),
    ...(seen.account ? { account: await eyes.account() } : {}),
    ...(seen.card ? { cardFile: await eyes.cardFile(seen.card.card, seen.card.file) } : {}),
  };
}

/** Says what is otherwise than it should be, in words; nothing when all holds. */
export function differences(wanted: Observation, sight: Sight): readonly string[] {
  return (Object.keys(wanted) as (keyof Observation)[]).flatMap((what) => differenceOf(what, wanted, sight));
}

/** Says which limits were passed. The watcher's own silence is not the agent's: it is taken off. */
export function limitsPassed(limits: Throughout, vitals: Vitals): readonly string[] {
  const { heartbeatGapMs, memoryGrowthKib } = limits;
  const silentMs = vitals.heartbeatGapMs - vitals.watcherGapMs;
  return [
    ...(heartbeatGapMs !== undefined && silentMs > heartbeatGapMs
      ? [
          `the agent was silent for ${vitals.heartbeatGapMs} ms (the watcher itself for ${vitals.watcherGapMs}), limit ${heartbeatGapMs}`,
        ]
      : []),
    ...(memoryGrowthKib !== undefined && vitals.memoryGrowthKib > memoryGrowthKib
      ? [`the agent's memory grew by ${vitals.memoryGrowthKib} KiB, limit ${memoryGrowthKib}`]
      : []),
  ];
}

function differenceOf(what: keyof Observation, wanted: Observation, sight: Sight): readonly string[] {
  switch (what) {
    case 'registration':
    case 'lastCode':
    case 'uplink':
    case 'led':
    case 'starts':
      return sight.agent ? unequal(what, sight.agent[what], wanted[what]) : [SILENT];
    case 'slots':
      return sight.agent ? slotDifferences(wanted.slots ?? {}, sight.agent) : [SILENT];
    case 'events':
      return (wanted.events ?? []).flatMap((event) => eventDifference(event, sight.events ?? []));
    case 'account':
      return sight.account ? accountDifferences(wanted.account ?? {}, sight.account) : [];
    case 'card':
      return cardDifference(wanted.card, sight.cardFile);
    default:
      return unreachable(what);
  }
}

const SILENT = 'the agent does not answer';

function unequal(what: string, met: unknown, wanted: unknown): readonly string[] {
  return met === wanted ? [] : [`${what} is ${String(met ?? 'not told')}, not ${String(wanted)}`];
}

function slotDifferences(wanted: NonNullable<Observation['slots']>, { slots }: AgentSight): readonly string[] {
  return Object.entries(wanted).flatMap(([name, { state, code }]) => {
    const met = slots.find(({ slot }) => slot === name);
    if (!met) return [`there is no slot ${name}`];
    const anyOf = code?.split('|') ?? [];
    return [
      ...(state === undefined ? [] : unequal(`slot ${name}`, met.state, state)),
      ...(code === undefined || anyOf.includes(met.code ?? '') ? [] : unequal(`slot ${name}`, met.code, code)),
    ];
  });
}

function eventDifference(wanted: EventWanted, events: readonly EventSight[]): readonly string[] {
  const { code, text = '', atMost = Number.POSITIVE_INFINITY } = wanted;
  const atLeast = wanted.atLeast ?? (atMost === 0 ? 0 : 1);
  const met = events.filter((event) => event.code === code && event.text.includes(text)).length;
  const named = text === '' ? code : `${code} with "${text}"`;
  if (met < atLeast) return [`event ${named} came ${met} times, not ${atLeast}`];
  return met > atMost ? [`event ${named} came ${met} times, more than ${atMost}`] : [];
}

function accountDifferences(wanted: AccountWanted, met: AccountSight): readonly string[] {
  const { log, ...counts } = wanted;
  const differing = (Object.keys(counts) as (keyof typeof counts)[]).flatMap((what) =>
    unequal(`the account's ${what}`, met[what], counts[what]),
  );
  if (log === undefined || met.log.some((line) => line.includes(log))) return differing;
  return [...differing, `no line of the account's log has "${log}"`];
}

function cardDifference(wanted: Observation['card'], met: string | undefined): readonly string[] {
  if (!wanted) return [];
  const { card, file, contains } = wanted;
  if (contains === undefined) return met === undefined ? [] : [`${file} is on card ${card}`];
  if (met === undefined) return [`${file} is not on card ${card}`];
  return met.includes(contains) ? [] : [`${file} of card ${card} has no "${contains}"`];
}
