#!/usr/bin/env node
// Plain old JavaScript, so that a Node too old for TypeScript says so instead of a syntax error.
if (Number(process.versions.node.split('.')[0]) >= 24) {
  import('../src/main.ts').then((module) => module.main());
} else {
  process.stderr.write(
    'NODE_TOO_OLD: This needs Node 24 or newer (' +
      process.versions.node +
      '). Start it through "npx" in the project, which brings its own Node.\n',
  );
  process.exitCode = 2;
}
