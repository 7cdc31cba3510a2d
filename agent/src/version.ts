import about from '../package.json' with { type: 'json' };

/** Version of this agent, as in its package.json. */
export const AGENT_VERSION: string = about.version;
