import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createTufRepository } from './switch-repository.ts';

// node sign-patch.ts PATCH VERSION ARCH DIR: signs a patch of the agent with new keys, for a test; writes the root that a person would put into
// /etc, and the order that the agent would put beside the patch.

const [patch = '', version = '', arch = '', dir = ''] = process.argv.slice(2);
const bytes = readFileSync(patch);
const repository = createTufRepository();
const custom = {
  ...{ kind: 'agent', version, productCodes: [arch], from: [], requires: [], cves: [] },
  ...{ severity: 'high', rebootNeeded: false },
};
const path = basename(patch);
const sha256 = createHash('sha256').update(bytes).digest('hex');
const metadata = repository.publish({ targets: { [path]: { bytes, sha256, custom } } });
writeFileSync(join(dir, 'aspu-root.json'), repository.root(1));
writeFileSync(join(dir, 'install'), JSON.stringify({ id: randomBytes(16).toString('hex'), path, metadata }));
