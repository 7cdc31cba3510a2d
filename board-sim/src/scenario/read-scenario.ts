import { err, isCode, ok, printable, type Reader, type Result, reader } from '@ewon-agent/contracts';
import schema from './scenario.schema.json' with { type: 'json' };
import type { Action, Observation, Scenario, Step, Tag } from './scenario.ts';

/** A scenario is a page of text; more than this is a wrong file. */
const SCENARIO_MAX_BYTES = 64 * 1024;

type Members = Readonly<Record<string, unknown>>;

const readWritten = reader<Members>({ type: 'object' }, 'SCENARIO_BAD');
const { forEach: forEachSchema, ...properties } = schema.properties;
const readEach = reader<readonly Members[]>(forEachSchema, 'SCENARIO_BAD');
const readPlain: Reader<Written> = reader<Written>({ ...schema, properties }, 'SCENARIO_BAD');

/** A scenario as it is written, `forEach` done. */
type Written = Omit<Scenario, 'steps'> & { readonly steps: readonly Members[] };

/**
 * Reads the bytes of a scenario file. One with `forEach` becomes several.
 * @param file its name, for the fault
 * Codes: SCENARIO_BAD.
 */
export function readScenarios(bytes: Uint8Array, file: string): Result<readonly Scenario[]> {
  const read = scenariosIn(bytes);
  return read.ok ? read : err('SCENARIO_BAD', `${file}: ${read.fault.detail}`);
}

function scenariosIn(bytes: Uint8Array): Result<readonly Scenario[]> {
  if (bytes.length > SCENARIO_MAX_BYTES) return err('SCENARIO_BAD', `larger than ${SCENARIO_MAX_BYTES} bytes`);
  const json = parseJson(bytes);
  if (!json.ok) return json;
  const written = readWritten(json.value);
  if (!written.ok) return written;
  const { forEach, ...once } = written.value;
  if (forEach === undefined) return collect([once], scenarioFrom);
  const each = readEach(forEach);
  if (!each.ok) return each;
  const named = each.value.map((entry) => ({
    ...once,
    name: `${String(once['name'])}-${String(entry['is'])}`,
    tags: tagsOf(once, entry),
  }));
  return collect(
    named.map((one, index) => filledIn(one, each.value[index] ?? {})),
    scenarioFrom,
  );
}

/** JSON.parse says where the fault is, which is what the writer of a file wants to know; nothing in it is secret. */
function parseJson(bytes: Uint8Array): Result<unknown> {
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (cause) {
    return err('SCENARIO_BAD', `not JSON: ${printable(cause instanceof Error ? cause.message : '', 150)}`, cause);
  }
}

function tagsOf(once: Members, entry: Members): readonly Tag[] {
  return [once['tags'], entry['tags']].flatMap((tags) => (Array.isArray(tags) ? tags : []));
}

/** Puts the values of an entry in place of `"$name"`, wherever that stands. */
function filledIn(value: unknown, entry: Members): unknown {
  if (typeof value === 'string') {
    const name = /^\$([a-zA-Z]+)$/.exec(value)?.[1];
    return name !== undefined && Object.hasOwn(entry, name) ? entry[name] : value;
  }
  if (Array.isArray(value)) return value.map((item) => filledIn(item, entry));
  if (typeof value !== 'object' || value === null) return value;
  // an editor's "$schema" is a name, not a value, and stays
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filledIn(member, entry)]));
}

function scenarioFrom(value: unknown): Result<Scenario> {
  const read = readPlain(value);
  if (!read.ok) return read;
  const { name, shows, boards, tags, given, throughout } = read.value;
  const steps = read.value.steps.flatMap((step) => Object.entries(step).map(([what, how]) => stepFrom(what, how)));
  const scenario: Scenario = { name, shows, boards, tags, given, throughout, steps };
  const card = cardsNamed(scenario).find((one) => !Object.hasOwn(given.cards ?? {}, one));
  if (card !== undefined)
    return err('SCENARIO_BAD', `${name}: there is no card "${printable(card, 40)}" in given.cards`);
  // an event that does not exist never comes, so a misspelt one would pass where none is expected
  const code = codesNamed(scenario).find((one) => !isCode(one));
  if (code !== undefined) return err('SCENARIO_BAD', `${name}: there is no code ${printable(code, 40)}`);
  return ok(scenario);
}

/** The schema has seen to it that a step has one member, and of which form. */
function stepFrom(what: string, how: unknown): Step {
  if (what === 'wait') return { do: 'wait', ...(how as { ms: number }) };
  if (what === 'expect') {
    const { withinMs, ...seen } = how as Observation & { withinMs: number };
    return { do: 'expect', seen, withinMs };
  }
  if (what === 'stays') {
    const { forMs, ...seen } = how as Observation & { forMs: number };
    return { do: 'stays', seen, forMs };
  }
  return { do: what, with: how } as Action;
}

function cardsNamed({ steps, given }: Scenario): readonly string[] {
  const inSteps = steps.flatMap((step) => {
    if (step.do === 'wait') return [];
    if (step.do === 'expect' || step.do === 'stays') return step.seen.card ? [step.seen.card.card] : [];
    return 'card' in step.with ? [step.with.card] : [];
  });
  return [...Object.values(given.inserted ?? {}), ...inSteps];
}

function codesNamed({ steps }: Scenario): readonly string[] {
  return steps.flatMap((step) => {
    if (step.do !== 'expect' && step.do !== 'stays') return [];
    const { lastCode, slots = {}, events = [] } = step.seen;
    const ofSlots = Object.values(slots).flatMap(({ code }) => code?.split('|') ?? []);
    return [...(lastCode === undefined ? [] : [lastCode]), ...ofSlots, ...events.map(({ code }) => code)];
  });
}

function collect<T, U>(items: readonly T[], each: (item: T) => Result<U>): Result<readonly U[]> {
  const values: U[] = [];
  for (const item of items) {
    const one = each(item);
    if (!one.ok) return one;
    values.push(one.value);
  }
  return ok(values);
}
