import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as source from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { bundle } from './bundle-agent.ts';

const CONTRACTS = join(import.meta.dirname, '../contracts/src/index.ts');

suite('schemas compiled with a bundle', { timeoutMs: 30_000 }, (test) => {
  let dir = '';
  let file = '';
  let bundled: typeof source;
  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'bundle-'));
    ({ entry: file } = await bundle(CONTRACTS, join(dir, 'out')));
    bundled = await import(pathToFileURL(file).href);
  });
  test.after(() => rmSync(dir, { recursive: true }));

  test('judge as the compiler does, with the same words', () => {
    const readersOf = (contracts: typeof source) => {
      const { readProblem, readUnlinkAnswer, readPendingAnswer, readGrant, readDirectory } = contracts;
      return [readProblem, readUnlinkAnswer, readPendingAnswer, readGrant, readDirectory];
    };
    const texts = ['{}', '[]', 'null', 'no JSON', '{"status":"unlinked"}', '{"status":"pending","code":7}'];
    const judged = (contracts: typeof source) =>
      readersOf(contracts).map((read) => texts.map((text) => read(source.toUtf8(text))));
    assert.deepEqual(judged(bundled), judged(source));
    assert.ok(bundled.readUnlinkAnswer(source.toUtf8('{"status":"unlinked"}')).ok);
  });

  test('leave the compiler out', () => {
    assert.ok(!/addMetaSchema|strictTuples/.test(readFileSync(file, 'utf8')), 'ajv is in the bundle');
  });

  test('a schema that the bundle does not hold is a bug, not a value let through', () => {
    assert.throws(() => bundled.reader({ type: 'object', required: ['other'] })({}), /this is a bug/);
  });
});
