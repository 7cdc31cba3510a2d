import {
  DAY_MS,
  type DeviceId,
  err,
  ok,
  type Patch,
  type PatchMessage,
  type PolicySettings,
  type Result,
  timestampOf,
} from '@ewon-agent/contracts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { FIRST_POLICY } from '../core/policy.ts';
import type { CommandRecord, EwonRecord, RolloutRecord } from '../core/records.ts';
import {
  groupsOf,
  newRollout,
  type Rollout,
  type RolloutEffect,
  type RolloutEvent,
  rolloutTransition,
  standingTold,
} from '../core/rollout.ts';
import { type House, transactAndTell } from '../house.ts';
import type { StoreTx } from '../store/store.ts';
import type { Doing } from './change-state.ts';
import { keepCommand, orderIn } from './commands.ts';
import { changePolicy } from './policy.ts';

/** An Ewon lies switched off over a shutdown of the plant; what ends unanswered is sent again. */
const TOLD_VALID_MS = 30 * DAY_MS;

export type RolloutOrder = {
  readonly path: string;
  /** Ewons of a first group, by device id. */
  readonly first: readonly DeviceId[];
  readonly percents: readonly number[];
  readonly successPercent: number;
  readonly failuresMax: number;
};

/**
 * Begins a rollout of a published patch to all Ewons that it may be for, and holds the patch for all others first.
 * Codes: ASPU_NONE, ASPU_PATCH_UNKNOWN, CONFLICT (one is under way, or there is no Ewon for it), NOT_FOUND.
 */
export async function startRollout(house: House, order: RolloutOrder): Promise<Result<RolloutRecord>> {
  const view = house.aspu.view();
  if (!view) return err('ASPU_NONE');
  const patch = view.patches.find(({ path, state }) => path === order.path && state !== 'added');
  if (!patch) return err('ASPU_PATCH_UNKNOWN', order.path);
  const { path } = patch;
  const may = await house.store.transact((tx) => rolloutFor(tx, patch, order));
  if (!may.ok) return may;
  await setPolicy(house, path, { held: true, denied: false }); // before anybody is told, and before it counts
  const done = await transactAndTell<Result<Moved>>(house, async (tx, telling, nowMs) => {
    const planned = await rolloutFor(tx, patch, order); // Ewons may have come and gone meanwhile
    if (!planned.ok) return planned;
    const rollout = planned.value;
    const ids = rollout.groups.flat();
    const at = timestampOf(nowMs);
    const event = LOG_TEXTS.rolloutStarted(path, ids.length);
    await telling.noteDone(tx, { event });
    const record = { rollout, policyFor: 'running', startedAt: at, changedAt: at };
    const events = eventsFor(rollout, { told: await toldOf(tx), linked: new Set(ids), commands: [] });
    return ok(await move(house, { tx, telling, nowMs }, record, [...events, { on: 'Begun' }]));
  });
  return settle(house, done);
}

/** The rollout that an order asks for. Codes: CONFLICT, NOT_FOUND. */
async function rolloutFor(tx: StoreTx, { path, custom }: Patch, order: RolloutOrder): Promise<Result<Rollout>> {
  const before = await tx.rollout(path);
  if (before && before.rollout.state !== 'done')
    return err('CONFLICT', `a rollout of ${path} is ${before.rollout.state}`);
  const ewons = (await tx.ewons({ link: ['linked'] })).filter((ewon) => mayBeFor(ewon, custom));
  const ids = ewons.map(({ deviceId }) => deviceId);
  const unknown = order.first.find((deviceId) => !ids.includes(deviceId));
  if (unknown !== undefined) return err('NOT_FOUND', `${unknown} is no Ewon for ${path}`);
  const groups = groupsOf(ids.toSorted(), order); // ids are by chance, so a group is a sample
  if (groups.length === 0) return err('CONFLICT', `there is no Ewon for ${path}`);
  const { successPercent, failuresMax } = order;
  const { kind, version } = custom;
  return ok(newRollout({ path, kind, version, groups, successPercent, failuresMax }));
}

/** Stops a rollout, or goes on with it. Codes: NOT_FOUND, CONFLICT. */
export async function orderRollout(
  house: House,
  path: string,
  order: 'Stop' | 'Resume',
): Promise<Result<RolloutRecord>> {
  const done = await transactAndTell<Result<Moved>>(house, async (tx, telling, nowMs) => {
    const record = await tx.rollout(path);
    if (!record) return err('NOT_FOUND', `rollout of ${path}`);
    const { state } = record.rollout;
    if (state !== (order === 'Stop' ? 'running' : 'stopped'))
      return err('CONFLICT', `the rollout of ${path} is ${state}`);
    const event = order === 'Stop' ? LOG_TEXTS.rolloutStopped(path) : LOG_TEXTS.rolloutResumed(path);
    await telling.noteDone(tx, { event });
    return ok(await move(house, { tx, telling, nowMs }, record, [{ on: order }]));
  });
  return settle(house, done);
}

/** Sends what was ordered, brings the policy to agree, and answers how it stands then. */
async function settle(house: House, done: Result<Moved>): Promise<Result<RolloutRecord>> {
  if (!done.ok) return done;
  const { record, ordered } = done.value;
  await agree(house, record.rollout, record.policyFor);
  for (const command of ordered) await keepCommand(house, command);
  return ok(record);
}

/** A rollout that was moved, and what was ordered by that. */
type Moved = { readonly record: RolloutRecord; readonly ordered: readonly CommandRecord[] };

/**
 * Takes what Ewons have told into the rollouts that are not done, tells those whose turn it is, and brings the policy to agree.
 * The same again changes nothing. What is decided and what is ordered by it are committed together.
 */
export async function roundRollouts(house: House): Promise<void> {
  const moved = await transactAndTell(house, async (tx, telling, nowMs) => {
    const open = (await tx.rollouts()).filter(
      ({ rollout, policyFor }) => rollout.state !== 'done' || policyFor !== 'done',
    );
    if (open.length === 0) return [];
    const told = await toldOf(tx);
    const after: Moved[] = [];
    const linked = new Set((await tx.ewons({ link: ['linked'] })).map(({ deviceId }) => deviceId));
    const commands = await tx.commands({});
    for (const record of open) {
      const events = eventsFor(record.rollout, { told, linked, commands });
      after.push(await move(house, { tx, telling, nowMs }, record, events));
    }
    return after;
  });
  for (const { record, ordered } of moved) {
    // first: what is stopped must not go on while orders are sent
    await agree(house, record.rollout, record.policyFor);
    for (const command of ordered) await keepCommand(house, command);
  }
}

/** Has the policy say what the state of a rollout asks for, once: afterwards a person may change it. */
async function agree(house: House, { path, state }: Rollout, policyFor: string | null): Promise<void> {
  if (policyFor === state) return;
  await setPolicy(house, path, { held: state !== 'done', denied: state === 'stopped' });
  await house.store.transact(async (tx) => {
    const now = await tx.rollout(path);
    if (now?.rollout.state === state) await tx.keepRollout({ ...now, policyFor: state });
  });
}

async function toldOf(tx: StoreTx): Promise<ReadonlyMap<DeviceId, PatchMessage>> {
  return new Map((await tx.allRetained('patch')).map(({ deviceId, message }) => [deviceId, message]));
}

function eventsFor(
  rollout: Rollout,
  of: {
    readonly told: ReadonlyMap<DeviceId, PatchMessage>;
    readonly linked: ReadonlySet<DeviceId>;
    readonly commands: readonly CommandRecord[];
  },
): readonly RolloutEvent[] {
  const orders = of.commands.filter((one) => one.name === 'patch' && one.arguments['path'] === rollout.path);
  const lastOrder = new Map(orders.map((command) => [command.deviceId, command]));
  return rollout.groups.flat().flatMap((deviceId): readonly RolloutEvent[] => {
    const now = rollout.standing[deviceId];
    if (!of.linked.has(deviceId)) return now?.is === 'passed' ? [] : [{ on: 'Gone', deviceId }];
    const message = of.told.get(deviceId);
    const said = message && standingTold(message, rollout);
    // of one that was not told only that it has it already: all else is of another day
    const heard = now?.is !== 'waiting' || said?.is === 'installed' ? said : undefined;
    if (heard && (heard.is !== now?.is || heard.reason !== now.reason))
      return [{ on: 'Heard', deviceId, standing: heard }];
    // an order that was answered is over as well, and one that is forgotten was; the Ewon tells the rest by itself
    const isExpired = lastOrder.get(deviceId)?.reason === 'COMMAND_EXPIRED';
    return now?.is === 'told' && !heard && isExpired ? [{ on: 'Unanswered', deviceId }] : [];
  });
}

/** Moves a rollout by events, one after another, and keeps it with what was ordered, in the same transaction. */
async function move(
  house: House,
  doing: Doing,
  record: RolloutRecord,
  events: readonly RolloutEvent[],
): Promise<Moved> {
  if (events.length === 0) return { record, ordered: [] };
  const effects: RolloutEffect[] = [];
  let { rollout } = record;
  for (const event of events) {
    const [next, more] = rolloutTransition(rollout, event);
    rollout = next;
    effects.push(...more);
  }
  const ordered: CommandRecord[] = [];
  for (const effect of effects) {
    if (effect.do === 'note') {
      await noteStep(doing, rollout, effect.code);
      continue;
    }
    // stopped by a later one of the events: nobody more is told. One that takes no order now is told by another round
    const sent = rollout.state === 'stopped' ? undefined : await tell(house, doing, effect.deviceId, rollout.path);
    if (sent) ordered.push(sent);
    else rollout = { ...rollout, standing: { ...rollout.standing, [effect.deviceId]: { is: 'waiting' } } };
  }
  const moved = { ...record, rollout, changedAt: timestampOf(doing.nowMs) };
  await doing.tx.keepRollout(moved);
  doing.telling.tell({ type: 'settings', id: 'rollout' });
  return { record: moved, ordered };
}

async function tell(house: House, doing: Doing, deviceId: DeviceId, path: string): Promise<CommandRecord | undefined> {
  const ewon = await doing.tx.ewon(deviceId);
  const order = { name: 'patch', arguments: { path }, validMs: TOLD_VALID_MS };
  const sent = ewon && (await orderIn(house, doing, ewon, order));
  return sent?.ok ? sent.value : undefined;
}

async function noteStep({ tx, telling }: Doing, { path, reached, groups }: Rollout, code: RolloutCode): Promise<void> {
  const severity = code === 'ASPU_ROLLOUT_STOPPED' ? 'error' : 'info';
  const event = LOG_TEXTS.rolloutMoved(path, reached + 1, groups.length, code);
  await telling.note(tx, { name: 'account', subject: 'User', event, severity, code });
}
type RolloutCode = Extract<RolloutEffect, { do: 'note' }>['code'];

/** Names a patch in the policy, or names it no more. */
async function setPolicy(
  house: House,
  path: string,
  { held, denied }: { readonly held: boolean; readonly denied: boolean },
): Promise<void> {
  const now = (await house.store.transact((tx) => tx.policy()))?.settings ?? FIRST_POLICY;
  const named = (list: readonly string[], is: boolean) =>
    is === list.includes(path) ? list : is ? [...list, path] : list.filter((one) => one !== path);
  const wish = (from: PolicySettings) => ({ held: named(from.held ?? [], held), denied: named(from.denied, denied) });
  const isSo = wish(now).held.length === (now.held ?? []).length && wish(now).denied.length === now.denied.length;
  // from what holds then: somebody may deny another one in this very moment
  if (!isSo) await changePolicy(house, wish);
}

function mayBeFor(
  { serial }: EwonRecord,
  { kind, productCodes }: { readonly kind: string; readonly productCodes: readonly string[] },
): boolean {
  // of what board an agent runs on the account knows nothing: the agent says so itself
  return kind === 'agent' || productCodes.length === 0 || productCodes.includes(serial.slice(-2));
}
