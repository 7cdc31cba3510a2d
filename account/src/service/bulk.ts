import { type DeviceId, err, type Fault, ok, type Result } from '@ewon-agent/contracts';
import { nameBy } from '../core/name-template.ts';
import { nameForm } from '../core/names.ts';
import type { EwonProperties } from '../core/records.ts';
import type { House } from '../house.ts';
import type { EwonWhere } from '../store/lists.ts';
import { approve, type GivenBefore, tryApproval } from './approve.ts';
import { editEwon } from './ewon-edit.ts';
import { removeEwon } from './ewons.ts';
import { allowRenewal } from './identity.ts';
import { reject } from './registrations.ts';

// Many at once: one after another, each of them whole or not at all, and each told as soon as it is done.

export type EwonOrder =
  | { readonly do: 'move'; readonly pool: string }
  | { readonly do: 'forget' }
  | { readonly do: 'renew' };

export type RegistrationOrder =
  | { readonly do: 'approve'; readonly template?: string; readonly set: Omit<Partial<EwonProperties>, 'name'> }
  | { readonly do: 'reject' };

/** What became of one. `name` is what it is called then. */
export type BulkOutcome = { readonly id: string; readonly result: Result<{ readonly name: string }> };

/** Whom an order on Ewons is for: these, or all that are found, of whom there are `count` where whoever gave it saw a number. */
export type BulkOn =
  | { readonly ewons: readonly DeviceId[] }
  | { readonly where: EwonWhere; readonly count: number | undefined };

/**
 * The Ewons that an order is for, as they are found now.
 * Codes: BULK_COUNT_CHANGED (more or fewer than whoever gave it saw: nobody ordered anything for them).
 */
export async function whoIsMeant(house: House, on: BulkOn): Promise<Result<readonly DeviceId[]>> {
  if ('ewons' in on) return ok(on.ewons);
  const found = await house.store.transact((tx) => tx.ewonIds(on.where));
  if (on.count === undefined || on.count === found.length) return ok(found);
  return err('BULK_COUNT_CHANGED', `${found.length} found, the order is for ${on.count}`);
}

/** Carries out an order on Ewons. */
export async function* onEwons(
  house: House,
  deviceIds: readonly DeviceId[],
  order: EwonOrder,
): AsyncGenerator<BulkOutcome> {
  for (const id of deviceIds) {
    const done = await orderOn(house, id, order);
    yield { id, result: done.ok ? ok({ name: done.value.name }) : done };
  }
}

function orderOn(house: House, deviceId: DeviceId, order: EwonOrder): ReturnType<typeof editEwon> {
  if (order.do === 'move') return editEwon(house, deviceId, { pool: order.pool });
  return order.do === 'forget' ? removeEwon(house, deviceId) : allowRenewal(house, deviceId);
}

/**
 * Carries out an order on requests.
 * @param isName tells whether a name may be given to an Ewon
 */
export async function* onRegistrations(
  house: House,
  ids: readonly string[],
  order: RegistrationOrder,
  isName: (name: string) => boolean,
): AsyncGenerator<BulkOutcome> {
  for (const [i, id] of ids.entries()) {
    if (order.do === 'reject') {
      const done = await reject(house, id);
      yield { id, result: done.ok ? ok({ name: done.value.serial }) : done };
      continue;
    }
    const name = await nameFor(house, id, order.template, i + 1);
    if (name !== undefined && typeof name !== 'string') {
      yield { id, result: { ok: false, fault: name } };
      continue;
    }
    if (name !== undefined && !isName(name)) {
      yield { id, result: noName(name) };
      continue;
    }
    const properties = { ...order.set, ...(name !== undefined && { name }) };
    const done = await approve(house, id, { do: 'approve', properties });
    yield { id, result: done.ok ? ok({ name: done.value.name }) : done };
  }
}

/**
 * Tells what approving each would come to, one after another as {@link onRegistrations} would do it, and changes nothing: a name
 * that an earlier one would have is taken, and so is the use of a key.
 */
export async function* tryRegistrations(
  house: House,
  ids: readonly string[],
  { template, set }: Extract<RegistrationOrder, { do: 'approve' }>,
  isName: (name: string) => boolean,
): AsyncGenerator<BulkOutcome> {
  const before = { names: new Set<string>(), uses: new Map<string, number>() };
  for (const [i, id] of ids.entries()) {
    const name = await nameFor(house, id, template, i + 1);
    const result = await tryNamed(house, id, set, name, isName, before);
    const record = result.ok && (await house.store.transact((tx) => tx.registration(id)));
    if (result.ok && record) {
      before.names.add(result.value.name);
      before.uses.set(record.grkId, (before.uses.get(record.grkId) ?? 0) + 1);
    }
    yield { id, result };
  }
}

async function tryNamed(
  house: House,
  id: string,
  set: Omit<Partial<EwonProperties>, 'name'>,
  name: Awaited<ReturnType<typeof nameFor>>,
  isName: (name: string) => boolean,
  before: GivenBefore,
): Promise<Result<{ readonly name: string }>> {
  if (name !== undefined && typeof name !== 'string') return { ok: false, fault: name };
  if (name !== undefined && !isName(name)) return noName(name);
  return tryApproval(house, id, { ...set, ...(name !== undefined && { name }) }, before);
}

function noName(name: string): Result<never> {
  return err('FIELD_UNFIT', `name "${name}": ${nameForm()}`);
}

async function nameFor(
  house: House,
  id: string,
  template: string | undefined,
  n: number,
): Promise<string | Fault | undefined> {
  if (template === undefined) return undefined;
  const record = await house.store.transact((tx) => tx.registration(id));
  return record ? nameBy(template, record, n) : err('NOT_FOUND', 'registration').fault;
}
