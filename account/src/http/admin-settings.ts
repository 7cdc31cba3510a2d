import { err, ok, type Result } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { Pools } from '../core/permissions.ts';
import { type House, transactAndTell } from '../house.ts';
import { autoRegistrationIn, changeAutoRegistration } from '../service/grks.ts';
import { poolWhat } from '../service/t2m-numbers.ts';
import type { StoreTx } from '../store/store.ts';
import { answer } from './admin.ts';
import { readAutoRegistration, readPool } from './bodies.ts';
import { needs } from './needs.ts';

/** Auto-registration and pools. */
export function settingRoutes(app: FastifyInstance): void {
  app.get('/api/v1/auto-registration', needs('keys.manage'), async (request) =>
    request.house.store.transact(autoRegistrationIn),
  );
  app.patch('/api/v1/auto-registration', needs('keys.manage'), async (request, reply) => {
    const asked = readAutoRegistration(request.body ?? {});
    return answer(reply, asked.ok ? await changeAutoRegistration(request.house, asked.value) : asked);
  });

  app.get('/api/v1/pools', needs('anyone'), async (request) => request.house.store.transact((tx) => tx.pools()));
  app.post('/api/v1/pools', needs('pools'), async (request, reply) => {
    const asked = readPool(request.body);
    return answer(reply, asked.ok ? await addPool(request.house, asked.value.name) : asked);
  });
  app.delete<{ Params: { name: string } }>('/api/v1/pools/:name', needs('pools'), async (request, reply) =>
    answer(reply, await removePool(request.house, request.params.name)),
  );
}

async function addPool(house: House, name: string): Promise<Result<readonly string[]>> {
  return transactAndTell(house, async (tx, telling) => {
    if (!(await tx.addPool(name))) return err('CONFLICT', `there is a pool ${name} already`);
    await telling.noteDone(tx, { event: LOG_TEXTS.poolAdded(name) });
    telling.tell({ type: 'settings', id: 'pools' });
    return ok(await tx.pools());
  });
}

async function removePool(house: House, name: string): Promise<Result<readonly string[]>> {
  return transactAndTell(house, async (tx, telling) => {
    const { autoRegistrationPool } = await tx.account();
    const ewons = (await tx.ewons({ link: ['linked', 'unlinked'] })).filter((ewon) => ewon.pool === name).length;
    if (name === autoRegistrationPool) return err('CONFLICT', 'new Ewons go to this pool');
    if (ewons > 0) return err('CONFLICT', ewons === 1 ? 'one Ewon is in this pool' : `${ewons} Ewons are in this pool`);
    const keys = (await tx.grks()).filter(({ state, pool }) => state === 'active' && pool === name);
    if (keys.length > 0)
      return err('CONFLICT', `Ewons with key ${keys.map(({ grkId }) => grkId).join(', ')} go to this pool`);
    const waiting = (await tx.registrations({ state: 'pending' })).filter(({ pool }) => pool === name).length;
    if (waiting > 0) return err('CONFLICT', `${waiting} requests wait for this pool`);
    const expecting = (await tx.imports()).some(({ state, pool }) => state === 'running' && pool === name);
    if (expecting) return err('CONFLICT', 'Ewons of an import go to this pool');
    if (!(await tx.removePool(name))) return err('NOT_FOUND', `pool ${name}`);
    await takeFromAll(tx, name);
    await tx.retireNumber(poolWhat(name));
    await telling.noteDone(tx, { event: LOG_TEXTS.poolRemoved(name) });
    telling.tell({ type: 'settings', id: 'pools' });
    return ok(await tx.pools());
  });
}

/** A pool that is made later under the same name is another one: nobody has it by what he was given before. */
async function takeFromAll(tx: StoreTx, pool: string): Promise<void> {
  const without = (pools: Pools) => (pools === 'all' ? pools : pools.filter((one) => one !== pool));
  const has = ({ pools }: { readonly pools: Pools }) => pools !== 'all' && pools.includes(pool);
  for (const { groupId, pools } of (await tx.groups()).filter(has))
    await tx.updateGroup(groupId, { pools: without(pools) });
  for (const { tokenId, pools } of (await tx.apiTokens()).filter(has))
    await tx.updateApiToken(tokenId, { pools: without(pools) });
}
