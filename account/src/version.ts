import about from '../package.json' with { type: 'json' };

/** Version of this server, as in its package.json. */
export const ACCOUNT_VERSION: string = about.version;
