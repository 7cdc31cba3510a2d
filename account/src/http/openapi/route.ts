import type { FastifyInstance } from 'fastify';
import type { RouteNeeds } from '../doorkeeper.ts';
import { needs } from '../needs.ts';
import { openApiDocument } from './document.ts';

/** The document of the API, made when it is asked for the first time. @param routes complete when the listener is ready */
export function openApiRoute(app: FastifyInstance, routes: readonly RouteNeeds[]): void {
  let document: string | undefined;
  app.get('/api/v1/openapi.json', needs('anyone'), async (_, reply) => {
    document ??= JSON.stringify(openApiDocument(routes));
    return reply.type('application/json').send(document);
  });
}
