#!/usr/bin/env node
// Plain old JavaScript, so that an old Node can still read it and say what is missing.
var major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    'NODE_TOO_OLD: This needs Node 24 or newer (this is ' +
      process.versions.node +
      '). Start it through "npx" in the project, which brings its own Node.\n',
  );
  process.exit(2);
}
import('../src/main.ts').then(
  (main) => main.main(),
  (error) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
