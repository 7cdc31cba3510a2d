import { err } from '@ewon-agent/contracts';
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { anyPools, may, type Permission, type Pools, poolsWith } from '../core/permissions.ts';
import type { Person } from '../core/users.ts';
import type { House } from '../house.ts';
import { isSame } from '../secrets/token-hash.ts';
import { inPools } from '../store/in-pools.ts';
import { csrfOf, identify } from './identify.ts';
import type { Need } from './needs.ts';
import { sendProblem } from './problem.ts';

/** Refuses whoever is not signed in or may not do this; gives each handler the house as its caller sees it. */
export function keepDoor(house: House, adminToken: string): onRequestAsyncHookHandler {
  return async (request, reply) => {
    const needs = request.routeOptions.config.needs ?? [];
    request.house = house;
    if (needs.includes('nobody')) return;
    const caller = await identify(house, adminToken, request.headers);
    if (!caller.ok) return sendProblem(reply, caller.fault);
    const { person, sessionToken, heldBack } = caller.value;
    if (sessionToken !== undefined && !isFromPage(request, sessionToken))
      return sendProblem(reply, err('NOT_SIGNED_IN', 'x-csrf').fault);
    if (heldBack && !needs.includes('anyone')) return sendProblem(reply, heldBack);
    const pools = poolsFor(person, needs);
    if (pools === undefined) return sendProblem(reply, err('NOT_PERMITTED', `needs ${needs.join(' or ')}`).fault);
    request.sessionToken = sessionToken;
    request.house = houseOf(house, person, pools);
  };
}

/** A route of the admin API, and what it asks of who calls it. */
export type RouteNeeds = { readonly method: string; readonly url: string; readonly needs: readonly Need[] };

declare module 'fastify' {
  interface FastifyInstance {
    /** The routes of the admin API; complete when the app is ready. */
    readonly routeNeeds: readonly RouteNeeds[];
  }
}

/** Has the server not start with a route that does not say what it needs. @param table all routes are added to it */
export function demandNeeds(app: FastifyInstance, table: RouteNeeds[]): void {
  app.addHook('onRoute', ({ method, url, config }) => {
    const declared = config?.needs ?? [];
    if (declared.length === 0) throw new Error(`this is a bug: ${method} ${url} does not declare what it needs`);
    for (const one of [method].flat()) table.push({ method: one, url, needs: declared });
  });
}

/** The house as somebody sees it. */
export function houseOf(house: House, person: Person, pools: Pools): House {
  return { ...house, person, store: inPools(house.store, pools) };
}

function isFromPage(request: FastifyRequest, sessionToken: string): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  const csrf = request.headers['x-csrf'];
  return typeof csrf === 'string' && isSame(csrf, csrfOf(sessionToken));
}

/** The pools in which somebody may do this; undefined: he may not. */
function poolsFor({ grants }: Person, needs: readonly Need[]): Pools | undefined {
  if (needs.includes('anyone')) return anyPools(grants);
  const held = needs.find((need): need is Permission => need !== 'anyone' && need !== 'nobody' && may(grants, need));
  return held && poolsWith(grants, held);
}
