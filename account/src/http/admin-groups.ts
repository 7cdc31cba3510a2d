import { ok } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import { EVERYTHING, GROUP_TEMPLATES, type GroupTemplate, type Permission, type Pools } from '../core/permissions.ts';
import { ADMINISTRATORS, ADMINISTRATORS_NAME, type GroupRecord } from '../core/users.ts';
import { addGroup, changeGroup, removeGroup } from '../service/groups.ts';
import { answer } from './admin.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';
import { readGiven, readGivenChange } from './user-bodies.ts';

/** One group; `isBuiltIn`: the one that may everything and is always there. */
export type GroupView = {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly pools: Pools;
  readonly members: number;
  readonly isBuiltIn: boolean;
};
/** `GET /api/v1/groups` */
export type GroupsView = { readonly groups: readonly GroupView[]; readonly templates: readonly GroupTemplate[] };

type ById = { Params: { id: string } };

/** Groups of users, and what each may. */
export function groupRoutes(app: FastifyInstance): void {
  app.get('/api/v1/groups', needs('users'), async (request): Promise<GroupsView> => {
    const { groups, members } = await request.house.store.transact(async (tx) => ({
      ...{ groups: await tx.groups(), members: Map.groupBy(await tx.members(), ({ groupId }) => groupId) },
    }));
    const count = (groupId: string) => members.get(groupId)?.length ?? 0;
    const builtIn = { id: ADMINISTRATORS, name: ADMINISTRATORS_NAME, ...EVERYTHING, isBuiltIn: true };
    return {
      groups: [{ ...builtIn, members: count(ADMINISTRATORS) }, ...groups.map((g) => viewOf(g, count(g.groupId)))],
      templates: GROUP_TEMPLATES,
    };
  });
  app.post('/api/v1/groups', needs('users'), async (request, reply) => {
    const asked = readGiven(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const done = await addGroup(request.house, asked.value);
    return answer(reply, done.ok ? ok(viewOf(done.value, 0)) : done);
  });
  app.patch<ById>('/api/v1/groups/:id', needs('users'), async (request, reply) => {
    const asked = readGivenChange(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { id } = request.params;
    const done = await changeGroup(request.house, id, asked.value);
    if (!done.ok) return sendProblem(reply, done.fault);
    const members = await request.house.store.transact((tx) => tx.members());
    return reply.send(viewOf(done.value, members.filter(({ groupId }) => groupId === id).length));
  });
  app.delete<ById>('/api/v1/groups/:id', needs('users'), async (request, reply) => {
    const done = await removeGroup(request.house, request.params.id);
    return answer(reply, done.ok ? ok({ id: done.value.groupId }) : done);
  });
}

function viewOf({ groupId, name, permissions, pools }: GroupRecord, members: number): GroupView {
  return { id: groupId, name, permissions, pools, members, isBuiltIn: false };
}
