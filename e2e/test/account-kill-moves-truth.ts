import type { ImportRecord } from '@ewon-agent/account/core/imports/imports';
import { assert } from '@ewon-agent/contracts/testing';
import type { MoveYes } from './account-kill-book.ts';
import type { Moves } from './account-kill-moves-read.ts';
import { otherOf, type Traveller, type Where } from './account-kill-travellers.ts';

// What must hold of imports in the database of an account at any moment, and between two accounts.

/** Lines of the log, with what is counted by them. */
const LINES = {
  listed: /^The Ewons of account \[.+\] were listed for an import\.$/,
  started: /^An import of (\d+) Ewons from account \[.+\] into pool \[(.+)\] was started\.$/,
  ended: /^The import from account \[.+\] was ended; (\d+) Ewons stay there\.$/,
  movedIn: /^Ewon \[(.+)\] has been moved from account \[.+\]\.$/,
  movedOut: /^Ewon \[(.+)\] moved to account \[.+\]\.$/,
  failed: /^Ewon \[.+\] was not imported: /,
  ordered: /^(\d+) Ewons are to move to account \[/,
  pool: /^Pool \[(Import .+)\] was added\.$/,
};

type Found = { readonly importId?: string; readonly publicKey?: string; readonly ewons?: readonly Found[] } & {
  readonly state: string;
  readonly column: string;
};

/** No more of it than tells which it is: it has sealed secrets and certificates. */
function nameOf({ importId, publicKey, state, column, ewons = [] }: Found): string {
  const of = ewons.map(nameOf).join(', ');
  return `${importId ?? publicKey} ${state}, found as ${column}${of && `, with ${of}`}`;
}

/** @throws when an import is there by half, on either side of it */
export function assertNoHalves({ imports: byId, moving, ewons, letIn, orders, log }: Moves): void {
  const none = (found: readonly Found[], what: string) => assert.deepEqual(found.map(nameOf), [], what);
  const lines = (kind: keyof typeof LINES) =>
    log.flatMap((event) => [LINES[kind].exec(event) ?? []].filter((m) => m.length > 0));
  const sum = (found: readonly (readonly string[])[]) => found.reduce((all, [, n]) => all + Number(n), 0);
  const imports = [...byId.values()];
  const all = imports.flatMap(({ ewons: of }) => of);
  const started = imports.filter(({ state }) => state !== 'listed');
  none(
    [...imports, ...all, ...moving].filter(({ state, column }) => state !== column),
    'is found by another state',
  );
  const statesIn: Record<ImportRecord['state'], readonly string[]> = {
    listed: ['listed'],
    running: ['waiting', 'moved', 'failed'],
    done: ['moved', 'failed'],
    ended: ['moved', 'failed', 'stayed'],
  };
  none(
    imports.filter(({ state, ewons: of }) => of.some((one) => !statesIn[state].includes(one.state))),
    'Ewons stand as they cannot',
  );
  none(
    imports.filter(({ state, startedAt }) => (state === 'listed') !== (startedAt === null)),
    'started, and nobody knows when',
  );
  // what was started, and of how many Ewons, by its pool, which is of this import alone
  assert.deepEqual(
    lines('started')
      .map(([, n, pool]) => `${pool}: ${n}`)
      .toSorted(),
    started.map(({ pool, ewons: of }) => `${pool}: ${of.length}`).toSorted(),
    'the log tells of each import that was started, and of all its Ewons',
  );
  assert.deepEqual(
    lines('pool')
      .map(([, pool]) => pool)
      .toSorted(),
    started.map(({ pool }) => pool).toSorted(),
    'each has made its pool',
  );
  assert.equal(lines('listed').length, imports.length, 'the log tells of each list');
  const ended = imports.filter(({ state }) => state === 'ended');
  assert.equal(lines('ended').length, ended.length, 'the log tells of each end');
  assert.equal(sum(lines('ended')), all.filter(({ state }) => state === 'stayed').length, 'and of those that stay');
  assert.equal(
    lines('failed').length,
    all.filter(({ state }) => state === 'failed').length,
    'the log tells of each that failed',
  );
  // who was let in
  const moved = all.filter(({ state }) => state === 'moved');
  none(
    all.filter(({ state, deviceId }) => (state === 'moved') !== (deviceId !== null)),
    'moved, and nobody knows which Ewon it is',
  );
  assert.deepEqual(
    moved.map(({ deviceId }) => String(deviceId)).toSorted(),
    [...letIn].toSorted(),
    'let in by an import that knows',
  );
  none(
    moved.filter(({ deviceId, publicKey }) => ewons.get(String(deviceId))?.key !== publicKey),
    'let in with another key',
  );
  assert.equal(lines('movedIn').length, moved.length, 'the log tells of each that was let in');
  // who was ordered away
  assert.equal(sum(lines('ordered')), moving.length, 'the log tells of each order');
  assert.deepEqual(
    moving.map(({ commandId }) => String(commandId)).toSorted(),
    [...orders].toSorted(),
    'each order has its command',
  );
  const gone = moving.filter(({ state }) => state === 'moved');
  assert.equal(lines('movedOut').length, gone.length, 'the log tells of each that is gone');
  none(
    gone.filter(({ deviceId }) => ewons.get(deviceId)?.link !== 'removed'),
    'gone, and still here',
  );
  none(
    moving.filter(({ state, deviceId }) => state === 'ordered' && ewons.get(deviceId)?.link !== 'linked'),
    'ordered, and not here any more',
  );
}

/** @throws when an Ewon is in no account, or in both and not on its way */
export function assertOwned(at: Readonly<Record<Where, Moves>>, travellers: readonly Traveller[]): void {
  for (const { key, device, home } of travellers) {
    const linked = (where: Where) =>
      [...at[where].ewons.values()].filter((one) => one.key === key && one.link === 'linked');
    const said = `${device.serial}: ${JSON.stringify({ here: linked('here'), beside: linked('beside'), home: home.where })}`;
    for (const where of ['here', 'beside'] as const) assert.ok(linked(where).length <= 1, `it is there twice; ${said}`);
    assert.ok(
      linked(home.where).some(({ deviceId }) => deviceId === home.deviceId),
      `it is in the account that let it in; ${said}`,
    );
    const [other] = linked(otherOf(home.where));
    if (!other) continue;
    // in both: one has ordered it away, and the other one has let it in and will say so
    const isOnItsWay = (['here', 'beside'] as const).some((into) => {
      const [now] = linked(into);
      const [was] = linked(otherOf(into));
      const order = at[otherOf(into)].moving.find(
        ({ deviceId, state }) => deviceId === was?.deviceId && state === 'ordered',
      );
      const by = [...at[into].imports.values()].find(({ ewons }) =>
        ewons.some(({ deviceId }) => deviceId === now?.deviceId),
      );
      return order !== undefined && by !== undefined && by.sealedRight !== null;
    });
    assert.ok(isOnItsWay, `it is in both accounts, and on its way; ${said}`);
  }
}

/** @throws when an account does not know what it has said yes to */
export function assertMovesKept(at: Readonly<Record<Where, Moves>>, yeses: readonly MoveYes[]): void {
  for (const yes of yeses) {
    const said = JSON.stringify(yes).slice(0, 400);
    const [target, source] = [at[yes.into], at[otherOf(yes.into)]];
    if (yes.to === 'good-bye') {
      assert.equal(source.ewons.get(yes.deviceId)?.link, 'removed', said);
      // it may have been ordered before, and that import been ended
      assert.ok(
        source.moving.some(({ deviceId, state }) => deviceId === yes.deviceId && state === 'moved'),
        said,
      );
      continue;
    }
    if (yes.to === 'order') {
      assert.ok(
        source.moving.some(({ publicKey }) => publicKey === yes.key),
        said,
      );
      continue;
    }
    const known = target.imports.get(yes.to === 'let in' ? yes.id : yes.view.id);
    assert.ok(known, said);
    if (yes.to === 'let in') {
      assert.ok(target.letIn.has(yes.deviceId), said);
      assert.equal(known.ewons.find(({ publicKey }) => publicKey === yes.key)?.deviceId, yes.deviceId, said);
      continue;
    }
    if (yes.to === 'list' && known.state !== 'listed') continue; // those that were not chosen are forgotten
    assert.deepEqual(
      known.ewons.map(({ publicKey }) => publicKey).toSorted(),
      yes.view.ewons.map(({ key }) => key).toSorted(),
      said,
    );
    if (yes.to === 'start') assert.ok(known.state !== 'listed' && known.pool === yes.view.pool, said);
    if (yes.to !== 'end') continue;
    assert.equal(known.state, yes.view.state, said);
    for (const { key, state } of yes.view.ewons)
      assert.equal(known.ewons.find(({ publicKey }) => publicKey === key)?.state, state, said);
  }
}
