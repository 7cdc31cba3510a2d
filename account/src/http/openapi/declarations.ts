import { ACCOUNT_ROUTES } from './account.ts';
import type { Declarations, Declared } from './declared.ts';
import { EWON_ROUTES } from './ewons.ts';
import { HANDOVER_ROUTES, IMPORT_ROUTES } from './imports.ts';
import { KEY_ROUTES } from './keys.ts';
import { ORDER_ROUTES } from './orders.ts';
import { PATCH_ROUTES } from './patches.ts';
import { SESSION_ROUTES } from './session.ts';
import { USER_ROUTES } from './users.ts';

/** The areas of the API, as the document groups its routes. */
export const AREAS: Readonly<Record<string, Declarations>> = {
  ...{ Ewons: EWON_ROUTES, Keys: KEY_ROUTES, 'Policy and commands': ORDER_ROUTES, Patches: PATCH_ROUTES },
  ...{ Imports: IMPORT_ROUTES, 'Between accounts': HANDOVER_ROUTES },
  ...{ Users: USER_ROUTES, Account: ACCOUNT_ROUTES, 'Signing in': SESSION_ROUTES },
};

/** What is declared of a route, and its area. */
export function declarationOf(method: string, url: string): (Declared & { readonly area: string }) | undefined {
  for (const [area, routes] of Object.entries(AREAS)) {
    const declared = new Map(Object.entries(routes)).get(`${method} ${url}`);
    if (declared) return { ...declared, area };
  }
  return undefined;
}
