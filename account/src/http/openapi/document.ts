import { CODES } from '@ewon-agent/contracts';
import type { RouteNeeds } from '../doorkeeper.ts';
import { problem } from './common.ts';
import { AREAS, declarationOf } from './declarations.ts';
import { type Content, type Declared, JSON_TYPE } from './declared.ts';

// The document of OpenAPI 3.1.1 (schemas: JSON Schema 2020-12), from the table of routes and what is declared of each.

type Document = { readonly openapi: string; readonly paths: object; readonly components: object };

const PROBLEM_TYPE = 'application/problem+json';
/** Of a table of routes: HEAD is answered wherever GET is, and not told. */
const TOLD = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Routes of which nothing is declared, and declarations of routes that there are not, as a person mends it. */
export function declarationFaults(routes: readonly RouteNeeds[]): readonly string[] {
  const told = routes.filter(({ method }) => TOLD.includes(method));
  const missing = told.filter(({ method, url }) => !declarationOf(method, url));
  const present = new Set(told.map(({ method, url }) => `${method} ${url}`));
  const gone = Object.values(AREAS)
    .flatMap((area) => Object.keys(area))
    .filter((key) => !present.has(key));
  return [
    ...missing.map(
      ({ method, url }) =>
        `${method} ${url} is not declared. Add to the table of its area in account/src/http/openapi/ (ewons.ts, keys.ts, orders.ts, patches.ts, users.ts, account.ts, session.ts): ` +
        `'${method} ${url}': { summary: '…', body: readIt (of a bodies file, where it takes one), answers: json(object<ItsView>({ … })) },`,
    ),
    ...gone.map((key) => `${key} is declared in account/src/http/openapi/ and there is no such route. Take it out.`),
  ];
}

/** The document for these routes; those that are not declared are left out. */
export function openApiDocument(routes: readonly RouteNeeds[]): Document {
  const paths: Record<string, Record<string, object>> = {};
  const parts: Record<string, object> = { ...problem.parts };
  for (const route of routes.filter(({ method }) => TOLD.includes(method))) {
    const declared = declarationOf(route.method, route.url);
    if (!declared) continue;
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, declared) };
    for (const shape of shapesOf(declared)) Object.assign(parts, shape.parts);
  }
  return {
    openapi: '3.1.1',
    ...{ info: INFO, servers: [{ url: '/' }], tags: Object.keys(AREAS).map((name) => ({ name })) },
    ...{ security: [{ token: [] }, { session: [] }], paths },
    components: { securitySchemes: SECURITY, responses: { Problem: PROBLEM }, schemas: parts },
  } as Document;
}

const INFO = {
  title: 'Ewon account',
  version: '1',
  description:
    'What the page and the command line of an account do, for programs. Each route says which permission it needs; whoever has it in some pools only sees what is in them. Each GET answers HEAD as well.',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
};
const SECURITY = {
  token: { type: 'http', scheme: 'bearer', description: 'An API token, or STATE/admin-token.' },
  handover: { type: 'http', scheme: 'bearer', description: 'The right that POST /api/v1/handover gave.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'ewon_session',
    description: 'Of a browser; the end of its name is of the account. Each change carries x-csrf.',
  },
};
const PROBLEM = {
  description: `Refused, with one of the codes of docs/errors.md, such as BAD_REQUEST: ${CODES.BAD_REQUEST.text}`,
  content: { [PROBLEM_TYPE]: { schema: problem.schema } },
};
const REFUSED = { $ref: '#/components/responses/Problem' };

function operationOf({ method, url, needs }: RouteNeeds, declared: Declared & { readonly area: string }): object {
  const { summary, area, body, takes, answers, byRight } = declared;
  const isOpen = needs.includes('nobody');
  const taken = body ? { [JSON_TYPE]: { schema: body.schema } } : takes && contentOf(takes);
  const required = takes !== undefined || (body && !('required' in body.schema && isEmpty(body.schema.required)));
  return {
    ...{ operationId: idOf(method, url), summary, tags: [area] },
    description: `Needs ${needs.join(' or ')}.`,
    'x-needs': needs,
    ...(isOpen && { security: byRight ? [{ handover: [] }] : [] }),
    ...{ parameters: parametersOf(url, declared) },
    ...(taken && { requestBody: { required: required ?? false, content: taken } }),
    responses: {
      ...(answers === 'nothing'
        ? { 204: { description: 'Done.' } }
        : { 200: { description: 'Done.', content: contentOf(answers) } }),
      ...((body || takes || declared.query) && { 400: REFUSED }),
      ...((!isOpen || byRight) && { 401: REFUSED, 403: REFUSED }),
      ...(url.includes(':') && { 404: REFUSED }),
      default: REFUSED,
    },
  };
}

function parametersOf(url: string, { path = {}, query }: Declared): readonly object[] {
  const inPath = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    ...{ name, in: 'path', required: true, schema: path[name] ?? { type: 'string' } },
  }));
  const inQuery = Object.entries(query?.schema.properties ?? {}).map(([name, schema]) => ({
    ...{ name, in: 'query', required: query?.schema.required.includes(name) ?? false, schema },
  }));
  return [...inPath, ...inQuery];
}

function contentOf(content: Content): object {
  return Object.fromEntries(Object.entries(content).map(([type, { schema }]) => [type, { schema }]));
}

function shapesOf({ answers, takes = {} }: Declared) {
  return [...(answers === 'nothing' ? [] : Object.values(answers)), ...Object.values(takes)];
}

/** `getEwonsByIdLocation`: what a generated client calls it. */
function idOf(method: string, url: string): string {
  const words = url
    .replace('/api/v1/', '')
    .split('/')
    .flatMap((part) => (part.startsWith(':') ? ['by', part.slice(1)] : part.split(/[-.]/)));
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}
