import { createInterface } from 'node:readline';
import { createSecureContext } from 'node:tls';
import { collectGarbage } from '@ewon-agent/agent/adapters/collect-garbage';

// A process that brings patches as the agent does, and loads what that takes when it is told to, as the agent does. With an order
// as its argument it carries that out and ends; else each line is one: `idle` collects the garbage, all others are JSON of a
// PatchOrder. Answers each with a line: the milliseconds it took.

/** Where a patch comes from, and where it goes: a directory of its own for each, so that nothing is known or here of it. */
export type PatchOrder = {
  readonly from: { readonly directory: string } | { readonly base: string; readonly ca: string };
  /** SHA-256 of the first root. */
  readonly firstRoot: string;
  readonly into: string;
};

async function carriedOut(order: string): Promise<number> {
  const beganMs = performance.now();
  if (order === 'idle') await idle();
  else await (await import('./patch-bring.ts')).bringPatch(JSON.parse(order));
  return performance.now() - beganMs;
}

/** Holds what an idle agent holds of this in any case: our own schemas, hashes, HTTPS; and no garbage. */
async function idle(): Promise<void> {
  await import('./patch-bring.ts');
  createSecureContext({ ca: [] });
  collectGarbage();
}

const [order] = process.argv.slice(2);
if (order !== undefined) await carriedOut(order);
else
  for await (const line of createInterface({ input: process.stdin }))
    process.stdout.write(`${await carriedOut(line)}\n`);
