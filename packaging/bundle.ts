import { bundle, bundleAgent } from './bundle-agent.ts';

// node packaging/bundle.ts OUTDIR [ENTRY]: bundles the agent for this processor, or another entry the same way; prints the path of the bundle's entry.

const [outdir, entry] = process.argv.slice(2);
if (outdir === undefined) {
  process.stderr.write('usage: node packaging/bundle.ts OUTDIR [ENTRY]\n');
  process.exitCode = 2;
} else {
  const made = await (entry === undefined ? bundleAgent(outdir, process.arch) : bundle(entry, outdir));
  process.stdout.write(`${made.entry}\n`);
}
