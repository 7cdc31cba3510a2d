import { err, ok, type Result } from '@ewon-agent/contracts';
import type { TokensView, TokenView } from '../http/admin-tokens.ts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault, table } from './answer.ts';
import { poolsText } from './groups.ts';
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
  set: Pick<TokenView, 'name' | 'pools'> & Strings,
): Promise<ExitStatus> {
  const made = await admin.ask<TokenView & { readonly token: string }>('POST', 'tokens', set);
  return say(io, form, made, ({ token }) => token);
}

/** `account token set NAME`: what is not named stays as it is, the token itself too. Codes: NOT_FOUND, CONFLICT (several are called so). */
export async function changeToken(
  io: Io,
  form: Form,
  admin: AdminClient,
  { which, set }: { readonly which: string; readonly set: Partial<Pick<TokenView, 'name' | 'pools'> & Strings> },
): Promise<ExitStatus> {
  const token = await findToken(admin, which);
  if (!token.ok) return sayFault(io, form, token.fault);
  const done = await admin.ask<TokenView>('PATCH', `tokens/${token.value.id}`, set);
  return say(
    io,
    form,
    done,
    (of) => `${of.name} may, by ${of.apis.join(' ')}, in ${poolsText(of.pools)}: ${of.permissions.join(' ')}`,
  );
}

/** Permissions and APIs as they were typed; the server knows which there are. */
type Strings = { readonly permissions: readonly string[]; readonly apis: readonly string[] };

/** `account token remove NAME`. Codes: NOT_FOUND, CONFLICT (several are called so). */
export async function removeToken(io: Io, form: Form, admin: AdminClient, which: string): Promise<ExitStatus> {
  const token = await findToken(admin, which);
  const done = token.ok ? await admin.ask<TokenView>('DELETE', `tokens/${token.value.id}`) : token;
  return say(io, form, done, ({ name }) => `deleted ${name}`);
}

/** Finds a token by its name or its first letters. */
async function findToken(admin: AdminClient, which: string): Promise<Result<TokenView>> {
  const known = await admin.ask<TokensView>('GET', 'tokens');
  if (!known.ok) return known;
  const [token, another] = known.value.tokens.filter(({ name, prefix }) => name === which || prefix === which);
  if (another) return err('CONFLICT', `several tokens are called ${which}; name one by its first letters`);
  return token ? ok(token) : err('NOT_FOUND', `API token ${which}`);
}
