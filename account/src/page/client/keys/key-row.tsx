import { useState } from 'preact/hooks';
import type { Grk } from '../api-types.ts';
import type { Told } from '../page.ts';
import { may, voidedBy } from '../page-state.ts';
import { Untrusted } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { RENEW, REVOKE, KEYS as T } from '../texts-keys.ts';
import { clockTime } from '../words.ts';
import { KeyDialog } from './key-dialog.tsx';
import { endOf, isUsable, isUsedUp } from './key-words.ts';
import { keysApi } from './keys-api.ts';
import { VoidingDialog } from './voiding.tsx';

/** One registration key, by its id: what it is for, how much of it is used, and what may be done with it. */
export function KeyRow(props: {
  readonly told: Told;
  readonly grk: Grk;
  readonly onDone: (said: string, focus: 'stays' | 'heading') => void;
}) {
  const { told, grk, onDone } = props;
  const [question, ask] = useState<'change' | 'renew' | 'revoke'>();
  const api = keysApi(told.api);
  const done = (said: string, focus: 'stays' | 'heading') => {
    ask(undefined);
    onDone(said, focus);
  };
  const button = (what: 'change' | 'renew' | 'revoke', look?: string) => (
    <button type="button" class={look} onClick={() => ask(what)}>
      {T[what]}
      <span class="unseen">{TEXTS.pending.of(grk.id)}</span>
    </button>
  );
  const ending = {
    turnedAway: voidedBy(told.lists, grk.id),
    worth: () => api.worth(grk.id),
    onClose: () => ask(undefined),
  };
  return (
    <div class="key">
      <Facts grk={grk} nowMs={told.nowMs} />
      {may(told.lists, 'keys.manage') && (
        <div class="buttons">
          {button('change')}
          {button('renew')}
          {button('revoke', 'danger quiet-button')}
        </div>
      )}
      {question === 'change' && (
        <KeyDialog told={told} grk={grk} onClose={() => ask(undefined)} onDone={() => done(T.saved(grk.id), 'stays')} />
      )}
      {question === 'renew' && (
        <VoidingDialog
          {...ending}
          texts={RENEW}
          ask={() => told.api.renew(grk.id)}
          onDone={() => done(RENEW.done(grk.id), 'heading')}
        />
      )}
      {question === 'revoke' && (
        <VoidingDialog
          {...ending}
          texts={{ ...REVOKE, title: REVOKE.title(grk.id) }}
          ask={() => api.revoke(grk.id)}
          onDone={() => done(REVOKE.done(grk.id), 'heading')}
        />
      )}
    </div>
  );
}

function Facts({ grk, nowMs }: { readonly grk: Grk; readonly nowMs: number }) {
  const fact = (name: string, value: string, look?: string, hint?: string) => (
    <div>
      <dt>{name}</dt>
      <dd class={look}>
        <Untrusted text={value} />
        {hint && <small>{hint}</small>}
      </dd>
    </div>
  );
  const end = grk.expiresAt === null ? '' : clockTime(grk.expiresAt);
  return (
    <dl>
      {fact(T.id, grk.id, 'mono strong')}
      {fact(T.pool, grk.pool)}
      {fact(T.uses, T.usesOf(grk.uses, grk.pending, grk.usesMax), undefined, isUsedUp(grk) ? T.usedUp : '')}
      {fact(T.ends, endOf(grk.expiresAt, nowMs), isUsable(grk, nowMs) ? undefined : 'fault', end)}
      {fact(T.cards, String(grk.exports))}
      {fact(grk.origin === 'made' ? T.made : T.imported, clockTime(grk.createdAt))}
      {grk.note !== '' && fact(T.note, grk.note)}
    </dl>
  );
}
