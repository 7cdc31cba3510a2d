import { createRequire } from 'node:module';

/** Version of this agent, as in its package.json. */
export const AGENT_VERSION: string = createRequire(import.meta.url)('../package.json').version;
