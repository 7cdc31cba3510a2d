import { assert } from '@ewon-agent/contracts/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import { problem } from '../http/openapi/common.ts';
import { AREAS } from '../http/openapi/declarations.ts';
import { type Declared, JSON_TYPE, LINES_TYPE } from '../http/openapi/declared.ts';
import type { Shape } from '../http/openapi/shape.ts';

// Every answer that a test gets of the admin API is held against what is declared of its route.

type Checked = {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly type: string;
  readonly text: string;
};

/** Has a listener check whatever it answers to `inject`: an answer that is not as declared fails whoever asked. */
export function checkAnswers(app: FastifyInstance): void {
  const inject = app.inject.bind(app) as (asked: unknown) => ReturnType<FastifyInstance['inject']>;
  const checking = async (asked: string | { method?: string; url?: unknown }) => {
    const answer = await inject(asked);
    const { method = 'GET', url } = typeof asked === 'string' ? { url: asked } : asked;
    const type = String(answer.headers['content-type'] ?? '').replace(/;.*/, '');
    checkAnswer({ method, url: String(url), status: answer.statusCode, type, text: answer.body });
    return answer;
  };
  Object.assign(app, { inject: checking });
}

/** @throws where an answer is not as it is declared */
export function checkAnswer({ method, url, status, type, text }: Checked): void {
  const path = url.replace(/\?.*/, '');
  if (!path.startsWith('/api/v1/') || method === 'HEAD') return;
  const said = `${method} ${path} answered ${status} ${type}`;
  if (status >= 400) {
    assert.equal(type, 'application/problem+json', said);
    demand(problem, JSON.parse(text), said);
    return;
  }
  const declared = declaredOf(method, path);
  if (!declared) return; // said by the test of the document
  if (declared.answers === 'nothing') {
    assert.deepEqual([status, text], [204, ''], said);
    return;
  }
  const shape = declared.answers[type];
  assert.ok(shape && status === 200, `${said}, declared ${Object.keys(declared.answers)}`);
  const values =
    type === LINES_TYPE ? text.split('\n').filter((line) => line !== '') : type === JSON_TYPE ? [text] : [];
  for (const value of values) demand(shape, JSON.parse(value), said);
}

/** Of all routes that a path fits to the one with the fewest parameters. */
function declaredOf(method: string, path: string): Declared | undefined {
  const parts = path.split('/');
  return routes
    .filter((route) => route.method === method && route.parts.length === parts.length)
    .find((route) => route.parts.every((part, i) => part.startsWith(':') || part === parts[i]))?.declared;
}

const routes = Object.values(AREAS)
  .flatMap((area) => Object.entries(area))
  .map(([key, declared]) => {
    const [method = '', url = ''] = key.split(' ');
    return { method, declared, parts: url.split('/'), parameters: url.split(':').length };
  })
  .toSorted((a, b) => a.parameters - b.parameters);

const checks = new Map<Shape<unknown>, ReturnType<Ajv2020['compile']>>();

function demand(shape: Shape<unknown>, value: unknown, said: string): void {
  const check = checks.get(shape) ?? compile(shape);
  checks.set(shape, check);
  const faults = check(value)
    ? []
    : (check.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      );
  assert.deepEqual(faults, [], `${said} other than declared: ${faults.join('; ')}`);
}

function compile({ schema, parts }: Shape<unknown>) {
  // formats are for people: the patterns of what is taken are looked at when it is taken
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true, validateFormats: false });
  ajv.addKeyword('components');
  return ajv.compile({ ...schema, components: { schemas: parts } });
}
