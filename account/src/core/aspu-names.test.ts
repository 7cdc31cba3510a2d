import { assert, suite } from '@ewon-agent/contracts/testing';
import { metadataFile, parseMetadataFile, parseTargetFile, targetFile } from './aspu-names.ts';

const HASH = 'a'.repeat(64);

suite('names of a repository of patches', (test) => {
  test('are read as they are written', () => {
    assert.deepEqual(parseMetadataFile(metadataFile('root', 12)), { role: 'root', version: 12 });
    assert.deepEqual(parseTargetFile(targetFile({ path: 'x_1.edfs', sha256: HASH })), {
      path: 'x_1.edfs',
      sha256: HASH,
    });
  });

  test('others are none', () => {
    for (const name of ['root.json', '0.root.json', '01.root.json', '1.timestamp.json', '1.root.json ', '1.x.json', ''])
      assert.equal(parseMetadataFile(name), undefined, name);
    for (const name of [
      `${HASH}.`,
      `${HASH}..x`,
      `${HASH}.a/b`,
      `${HASH}x`,
      `${HASH.toUpperCase()}.x`,
      'x',
      `.${HASH}.x`,
    ])
      assert.equal(parseTargetFile(name), undefined, name);
  });
});
