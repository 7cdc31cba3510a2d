import type { Permission } from '../core/permissions.ts';
import type { House } from '../house.ts';

/** What a route asks of who calls it: a permission; `anyone` who is signed in; `nobody`, also who is not. */
export type Need = Permission | 'anyone' | 'nobody';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** One of these is enough. */
    needs?: readonly Need[];
  }
  interface FastifyRequest {
    /** The house as who calls sees it: by his name, and with his pools only. A handler has no other. */
    house: House;
  }
}

/** Declares what a route needs; a route of the admin API without it keeps the server from starting. */
export function needs(...oneOf: readonly [Need, ...Need[]]): { readonly config: { readonly needs: readonly Need[] } } {
  return { config: { needs: oneOf } };
}
