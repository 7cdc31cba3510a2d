import { ok } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import type { ApiTokenRecord } from '../core/users.ts';
import { API_TOKENS_MAX, addToken, changeToken, removeToken } from '../service/api-tokens.ts';
import { answer } from './admin.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';
import { readToken, readTokenChange } from './user-bodies.ts';

/** A token as it is shown after it was made: by its first letters. */
export type TokenView = Omit<ApiTokenRecord, 'tokenId' | 'tokenHash'> & { readonly id: string };
/** `GET /api/v1/tokens` */
export type TokensView = { readonly tokens: readonly TokenView[]; readonly max: number };

type ById = { Params: { id: string } };

/** Tokens of the API. */
export function tokenRoutes(app: FastifyInstance): void {
  app.get('/api/v1/tokens', needs('tokens'), async (request): Promise<TokensView> => {
    const tokens = await request.house.store.transact((tx) => tx.apiTokens());
    return { tokens: tokens.map(viewOf), max: API_TOKENS_MAX };
  });
  app.post('/api/v1/tokens', needs('tokens'), async (request, reply) => {
    const asked = readToken(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const done = await addToken(request.house, asked.value);
    return answer(reply, done.ok ? ok({ ...viewOf(done.value.record), token: done.value.token }) : done);
  });
  app.patch<ById>('/api/v1/tokens/:id', needs('tokens'), async (request, reply) => {
    const asked = readTokenChange(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const done = await changeToken(request.house, request.params.id, asked.value);
    return answer(reply, done.ok ? ok(viewOf(done.value)) : done);
  });
  app.delete<ById>('/api/v1/tokens/:id', needs('tokens'), async (request, reply) => {
    const done = await removeToken(request.house, request.params.id);
    return answer(reply, done.ok ? ok(viewOf(done.value)) : done);
  });
}

function viewOf({ tokenId, tokenHash: _, ...view }: ApiTokenRecord): TokenView {
  return { id: tokenId, ...view };
}
