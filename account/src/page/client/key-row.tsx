import { useState } from 'preact/hooks';
import type { Grk } from './api-types.ts';
import type { Told } from './page.ts';
import { may, voidedBy } from './page-state.ts';
import { ProblemNotice, Untrusted, useAsking } from './parts.tsx';
import { TEXTS } from './texts.ts';
import { VoidingDialog } from './voiding.tsx';
import { clockTime } from './words.ts';

const T = TEXTS.auto;

/** One registration key: its id always, the key itself only while a person asks to see it; and Renew. */
export function KeyRow({ told, grk }: { readonly told: Told; readonly grk: Grk }) {
  const [key, setKey] = useState<string>();
  const [renewing, setRenewing] = useState(false);
  const ask = useAsking();
  const toggle = () => {
    if (key !== undefined) setKey(undefined);
    else
      void ask.run(
        () => told.api.key(grk.id),
        (shown) => setKey(shown.key),
      );
  };
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text);
    told.say(T.copied);
  };
  const renewed = () => {
    setRenewing(false);
    told.say(T.renewed(grk.id));
    told.reload();
  };
  return (
    <div class="key">
      <Facts grk={grk} />
      <div class="buttons">
        <button type="button" aria-expanded={key !== undefined} disabled={ask.busy} onClick={toggle}>
          {key === undefined ? T.show : T.hide}
        </button>
        {key !== undefined && navigator.clipboard && (
          <button type="button" onClick={() => void copy(key)}>
            {T.copy}
          </button>
        )}
        {may(told.lists, 'keys.manage') && (
          <button type="button" onClick={() => setRenewing(true)}>
            {T.renew}
          </button>
        )}
      </div>
      {key !== undefined && <output class="mono secret">{key}</output>}
      <ProblemNotice problem={ask.problem} />
      {renewing && (
        <VoidingDialog
          texts={TEXTS.renew}
          turnedAway={voidedBy(told.lists, grk.id)}
          onClose={() => setRenewing(false)}
          ask={() => told.api.renew(grk.id)}
          onDone={renewed}
        />
      )}
    </div>
  );
}

function Facts({ grk }: { readonly grk: Grk }) {
  const fact = (name: string, value: string, look?: string) => (
    <div>
      <dt>{name}</dt>
      <dd class={look}>
        <Untrusted text={value} />
      </dd>
    </div>
  );
  return (
    <dl>
      {fact(T.keyId, grk.id, 'mono strong')}
      {fact(grk.origin === 'made' ? T.made : T.importedAt, clockTime(grk.createdAt))}
      {grk.expiresAt && fact(T.expires, clockTime(grk.expiresAt))}
      {grk.note !== '' && fact(T.importNote, grk.note)}
    </dl>
  );
}
