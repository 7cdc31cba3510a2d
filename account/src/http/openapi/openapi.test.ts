import { assert, suite } from '@ewon-agent/contracts/testing';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { onAccount } from '../../testing/stories.ts';
import { declarationFaults } from './document.ts';

suite('the document of the admin API', { timeoutMs: 120_000 }, (test) => {
  test(
    'has every route of the table, with what it needs, takes and answers; a route without a declaration says what to add',
    onAccount(async ({ account, admin }) => {
      const routes = account.adminApp.routeNeeds;
      assert.deepEqual(declarationFaults(routes), []);
      const [fault] = declarationFaults([...routes, { method: 'GET', url: '/api/v1/new', needs: ['anyone'] }]);
      assert.match(fault ?? '', /^GET \/api\/v1\/new is not declared\. Add to .*'GET \/api\/v1\/new': \{ summary/);
      assert.match(declarationFaults(routes.slice(1))[0] ?? '', /no such route\. Take it out\.$/);
      const { json: document } = await admin('GET', 'openapi.json');
      for (const { method, url, needs } of routes.filter((route) => route.method !== 'HEAD')) {
        const operation = document.paths[url.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
        assert.ok(operation, `${method} ${url}`);
        assert.deepEqual(operation['x-needs'], needs);
        assert.equal(Boolean(operation.security), needs.includes('nobody'), url);
        const isByRight = url.startsWith('/api/v1/handover') && `${method} ${url}` !== 'POST /api/v1/handover';
        assert.equal(operation.security?.[0]?.handover !== undefined, isByRight, url);
        for (const [, name] of url.matchAll(/:(\w+)/g))
          assert.ok(
            operation.parameters.some((one: { in: string; name: string }) => one.in === 'path' && one.name === name),
          );
      }
      const ids = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap((path) =>
        Object.values(path).map(({ operationId }) => operationId),
      );
      assert.equal(new Set(ids).size, ids.length);
      assert.ok(ids.includes('getEwonsByIdLocation'));
    }),
  );

  test(
    'is one of OpenAPI 3.1 as the schema of OpenAPI says',
    onAccount(async ({ admin }) => {
      const { json: document } = await admin('GET', 'openapi.json');
      const validator = new Validator();
      const { valid, errors } = await validator.validate(document);
      assert.ok(valid, JSON.stringify(errors ?? []).slice(0, 2000));
      assert.equal(validator.version, '3.1');
      // it looks at schemas from afar: each is one of JSON Schema 2020-12, and refers to what is there
      const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, validateFormats: false });
      ajv.addVocabulary(['openapi', 'info', 'servers', 'tags', 'security', 'paths', 'components']);
      ajv.addSchema(document, 'openapi.json');
      let compiled = 0;
      const walk = (value: unknown, at: string): void => {
        if (typeof value !== 'object' || value === null) return;
        for (const [name, member] of Object.entries(value)) {
          const place = `${at}/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`;
          if (name !== 'schema') walk(member, place);
          else compiled += typeof ajv.compile({ $ref: `openapi.json#${place}` }) === 'function' ? 1 : 0;
        }
      };
      walk(document.paths, '/paths');
      assert.ok(compiled > 150, String(compiled));
      const broken = await new Validator().validate({ ...document, paths: { '/x': { get: { responses: 1 } } } });
      assert.ok(!broken.valid);
    }),
  );
});
