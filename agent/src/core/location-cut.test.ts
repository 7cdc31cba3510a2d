import type { CellTower, LocationBody } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import {
  initialLocation,
  type Location,
  type LocationEvent,
  type LocationRules,
  type LocationSwitch,
  locationTransition,
} from './location.ts';
import { readSavedLocation, savedLocationText } from './location-saved.ts';

// The power goes after any order that was carried out, also between a message and the word that it arrived. What the broker keeps then
// must be taken back by the next start, if this Ewon may not be located any more, and be what is heard, if it may.

const RULES: LocationRules = { considerIp: false, spacingMs: 60_000, moveMetres: 100, sources: ['cells'] };
const ON: LocationSwitch = { on: true, by: 'account', deviceId: 'd_1' };
const OFF: LocationSwitch = { on: false, by: 'board', deviceId: 'd_1' };
const tower = (cellId: number): CellTower => ({
  ...{ radioType: 'lte', mobileCountryCode: 206, mobileNetworkCode: 1, locationAreaCode: 6699, cellId },
});

type Untimed = LocationEvent extends infer E
  ? E extends LocationEvent
    ? Omit<E, 'wallMs' | 'steadyMs'>
    : never
  : never;
const cell = (id: number): Untimed => ({ on: 'CellsHeard', cells: [tower(id)], what: '1 cell' });
const decided = (decision: LocationSwitch): Untimed => ({ on: 'Decided', decision });
/** A day of an Ewon: told, moved, off, on, moved and off once more. */
const STORY: readonly Untimed[] = [
  ...[decided(ON), { on: 'Announced' } as const, cell(1), cell(1), cell(2), decided(OFF), cell(2)],
  ...[decided(ON), cell(2), cell(3), { on: 'Announced' } as const, decided(OFF)],
];

/** What outlives the power. */
type World = { disk: string | undefined; broker: LocationBody | undefined };

/**
 * Plays events, each message answered at once.
 * @param orders how many orders are carried out until the power goes
 * @returns how many were
 */
function play(world: World, events: readonly Untimed[], orders = Number.POSITIVE_INFINITY): number {
  let state: Location = initialLocation(assertOk(readSavedLocation(world.disk)));
  let steadyMs = 0;
  let done = 0;
  const queue = [...events];
  for (let event = queue.shift(); event; event = queue.shift()) {
    steadyMs += 61_000;
    const [next, effects] = locationTransition(state, { ...event, steadyMs, wallMs: steadyMs } as LocationEvent, RULES);
    state = next;
    const answers: Untimed[] = [];
    for (const effect of effects) {
      if (done === orders) return done;
      done += 1;
      if (effect.do === 'save') world.disk = savedLocationText(state);
      if (effect.do === 'erase') world.disk = undefined;
      if (effect.do !== 'tell') continue;
      world.broker = effect.body;
      answers.push({ on: 'Left', of: effect.body.evidence ? 'evidence' : 'withdrawn', left: true });
    }
    queue.unshift(...answers);
  }
  return done;
}

suite('the power goes while a location is told', (test) => {
  const all = play({ disk: undefined, broker: undefined }, STORY);

  test('and it is off afterwards: the broker keeps no place, and the disk nothing', () => {
    assert.ok(all > 20, `${all} orders`);
    for (let orders = 0; orders <= all; orders++) {
      const world: World = { disk: undefined, broker: undefined };
      play(world, STORY, orders);
      play(world, [decided(OFF), { on: 'Announced' }, cell(9)]);
      assert.deepEqual([world.broker?.evidence, world.disk], [undefined, undefined], `after ${orders} orders`);
    }
  });

  test('and it is on afterwards: the broker has what is heard then', () => {
    for (let orders = 0; orders <= all; orders++) {
      const world: World = { disk: undefined, broker: undefined };
      play(world, STORY, orders);
      play(world, [decided(ON), { on: 'Announced' }, cell(2)]);
      assert.deepEqual(world.broker?.evidence?.cellTowers, [tower(2)], `after ${orders} orders`);
    }
  });
});
