#!/usr/bin/env node
// Plain old JavaScript on purpose: it must be understood by a Node that cannot run the rest.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    'NODE_TOO_OLD: This needs Node 24 or newer (this is ' +
      process.version +
      '). Start it through "npx" in the project, which brings its own Node.\n',
  );
  process.exit(2);
}
import('../src/main.ts');
