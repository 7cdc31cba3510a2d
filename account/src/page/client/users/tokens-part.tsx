import { useState } from 'preact/hooks';
import { Ago, ColumnHeads, Dialog, ProblemNotice, Untrusted } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { TEXTS } from '../texts.ts';
import { USERS_TEXTS } from '../texts-users.ts';
import { GivenButtons, GivenChange, type GivenChoice } from './given-changes.tsx';
import type { TokenApi, TokenView } from './users-api.ts';
import type { UsersTold } from './users-section.tsx';

const T = USERS_TEXTS.tokens;
/** A program signs nobody in and gives nobody anything. */
const NOT_FOR_TOKENS: readonly string[] = ['policies', 'users', 'tokens'];

/** Nothing answers DMWeb yet. */
const APIS: readonly TokenApi[] = ['M2Web', 'admin'];

type Choice = GivenChoice<TokenView> | { readonly what: 'shown'; readonly secret: string };

/** Tokens for programs. */
export function TokensPart(props: UsersTold) {
  const { told, api, changes, changed } = props;
  const [choice, choose] = useState<Choice>();
  const { value, problem } = useReading('', changes, api.tokens);
  const done = (said: string) => {
    choose(undefined);
    changed(said);
  };
  const permissions = told.lists.me.permissions.filter((permission) => !NOT_FOR_TOKENS.includes(permission));
  return (
    <div class="apart">
      <h3 id="tokens-title">{T.title}</h3>
      <p class="quiet">{T.text}</p>
      <ProblemNotice problem={problem} />
      {value?.tokens.length === 0 && <p class="empty">{T.empty}</p>}
      {value && value.tokens.length > 0 && (
        <table class="stack" aria-labelledby="tokens-title">
          <ColumnHeads columns={[T.name, T.prefix, USERS_TEXTS.groups.pools, T.apis, T.used]} />
          <tbody>
            {value.tokens.map((token) => (
              <Row key={token.id} token={token} nowMs={told.nowMs} onChoose={(what) => choose({ what, of: token })} />
            ))}
          </tbody>
        </table>
      )}
      <div class="buttons">
        <button type="button" onClick={() => choose({ what: 'add' })}>
          {T.add}
        </button>
      </div>
      {choice && choice.what !== 'shown' && (
        <GivenChange
          {...{ told: props, kind: 'tokens', texts: T, choice, permissions, apis: APIS }}
          onClose={() => choose(undefined)}
          onAdded={(_, { token = '' }) => {
            changed('');
            choose({ what: 'shown', secret: token });
          }}
          onDone={done}
        />
      )}
      {choice?.what === 'shown' && (
        <Dialog title={T.shownTitle} onClose={() => choose(undefined)}>
          <p>{T.shownText}</p>
          <output class="mono secret">{choice.secret}</output>
          <div class="buttons end">
            {navigator.clipboard && (
              <button
                type="button"
                onClick={() => void navigator.clipboard.writeText(choice.secret).then(() => told.say(T.copied))}
              >
                {T.copy}
              </button>
            )}
            <button type="button" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
              {TEXTS.close}
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function Row(props: {
  readonly token: TokenView;
  readonly nowMs: number;
  readonly onChoose: (what: 'edit' | 'remove') => void;
}) {
  const { name, prefix, pools, apis, usedAt } = props.token;
  return (
    <tr>
      <th scope="row">
        <Untrusted text={name} />
      </th>
      <td data-label={T.prefix} class="mono">
        {prefix}…
      </td>
      <td data-label={USERS_TEXTS.groups.pools}>
        {pools === 'all' ? USERS_TEXTS.groups.allPools : <Untrusted text={pools.join(', ') || TEXTS.none} />}
      </td>
      <td data-label={T.apis}>{apis.map((api) => T.api[api]).join(', ')}</td>
      <td data-label={T.used}>{usedAt === null ? TEXTS.never : <Ago at={usedAt} nowMs={props.nowMs} />}</td>
      <td class="last">
        <GivenButtons name={name} onChoose={props.onChoose} />
      </td>
    </tr>
  );
}
