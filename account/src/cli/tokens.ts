import { err, ok } from '@ewon-agent/contracts';
import type { TokensView, TokenView } from '../http/admin-tokens.ts';
import type { AdminClient } from './admin-client.ts';
import { say, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';

/** `account token list` */
export async function showTokens(io: Io, form: Form, admin: AdminClient): Promise<ExitStatus> {
  return say(io, form, await admin.ask<TokensView>('GET', 'tokens'), ({ tokens, max }) =>
    tokens.length === 0
      ? `No API token yet; there may be ${max}. "account token add NAME" makes one.`
      : table(
          ['name', 'begins with', 'pools', 'API', 'may', 'last used'],
          tokens.map(({ name, prefix, pools, apis, permissions, usedAt }) => [
            ...[name, prefix, pools === 'all' ? 'all' : pools.join(', '), apis.join(' '), permissions.join(' ')],
            usedAt ?? 'never',
          ]),
        ),
  );
}

/** `account token add NAME`: prints the token, for the only time. */
export async function addToken(
  io: Io,
  form: Form,
  admin: AdminClient,
  set: Pick<TokenView, 'name' | 'pools'> & {
    readonly permissions: readonly string[];
    readonly apis: readonly string[];
  },
): Promise<ExitStatus> {
  const made = await admin.ask<TokenView & { readonly token: string }>('POST', 'tokens', set);
  return say(io, form, made, ({ token }) => token);
}

/** `account token remove NAME`: by its name or its first letters. Codes: NOT_FOUND, CONFLICT (several are called so). */
export async function removeToken(io: Io, form: Form, admin: AdminClient, which: string): Promise<ExitStatus> {
  const known = await admin.ask<TokensView>('GET', 'tokens');
  const found = known.ok ? known.value.tokens.filter(({ name, prefix }) => name === which || prefix === which) : [];
  const [token, another] = found;
  const named = another
    ? err('CONFLICT', `several tokens are called ${which}; name one by its first letters`)
    : token
      ? ok(token)
      : err('NOT_FOUND', `API token ${which}`);
  const done = known.ok && named.ok ? await admin.ask<TokenView>('DELETE', `tokens/${named.value.id}`) : named;
  return say(io, form, known.ok ? done : known, ({ name }: Pick<TokenView, 'name'>) => `deleted ${name}`);
}
