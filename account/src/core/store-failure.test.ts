import { assert, suite } from '@ewon-agent/contracts/testing';
import { CONNECTION_LOST, type StoreFailure, storeFailureOf } from './store-failure.ts';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

suite('failures of a transaction', (test) => {
  const table: readonly (readonly [unknown, StoreFailure])[] = [
    [withCode('40001'), 'conflict'],
    [withCode('40P01'), 'conflict'],
    [withCode('55P03'), 'conflict'],
    [withCode('57P01'), 'lost'],
    [withCode('08006'), 'lost'],
    [withCode('ECONNREFUSED'), 'lost'],
    [withCode(CONNECTION_LOST), 'lost'],
    [withCode('23505'), 'refusal'],
    [withCode('22021'), 'refusal'],
    [new Error('serialization failure 40001'), 'refusal'],
    ['40001', 'refusal'],
    [undefined, 'refusal'],
  ];
  for (const [thrown, failure] of table)
    test(`${thrown instanceof Error && 'code' in thrown ? thrown.code : String(thrown)} is a ${failure}`, () => {
      assert.equal(storeFailureOf(thrown), failure);
    });
});
