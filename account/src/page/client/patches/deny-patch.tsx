import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Told } from '../page.ts';
import { Dialog, DialogButtons, useAsking } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { harmless } from '../words.ts';

const T = TEXTS.patches;
type Wish = { readonly told: Told; readonly path: string; readonly wish: 'deny' | 'allow' };

/** A button that denies a patch, or allows it again, after a question that says what that does. */
export function DenyPatch({ told, path, wish }: Wish) {
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <button type="button" class={wish === 'deny' ? 'danger' : undefined} onClick={() => setAsked(true)}>
        {T[wish]}
        <span class="unseen">{TEXTS.pending.of(path)}</span>
      </button>
      {isAsked && <Question told={told} path={path} wish={wish} onClose={() => setAsked(false)} />}
    </>
  );
}

function Question({ told, path, wish, onClose }: Wish & { readonly onClose: () => void }) {
  const ask = useAsking();
  const texts = wish === 'deny' ? TEXTS.denyPatch : TEXTS.allowPatch;
  const said = wish === 'deny' ? T.denied : T.allowed;
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void ask.run(
      () => told.api.denyPatch(path, wish),
      () => {
        onClose();
        told.say(said(harmless(path)));
      },
    );
  };
  return (
    <Dialog title={texts.title(harmless(path))} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{texts.text}</p>
        <DialogButtons label={texts.button} ask={ask} {...(wish === 'deny' && { danger: true as const })} />
      </form>
    </Dialog>
  );
}
