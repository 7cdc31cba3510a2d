import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { type SigningIn, WaysIn } from './sign-in.tsx';
import { TEXTS } from './texts.ts';

const T = TEXTS.sessionEnded;

/**
 * Asks who was signed in to do it again, above everything else, open questions too: what was typed there stays as it is.
 * Nothing of the page is seen meanwhile. @param onLeave gives the page up
 */
export function SessionEnded({ onLeave, ...signingIn }: SigningIn & { readonly onLeave: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const isLeaving = useRef(false);
  const show = () => {
    if (!isLeaving.current) dialog.current?.showModal();
  };
  useLayoutEffect(() => {
    const shown = dialog.current;
    show();
    return () => {
      isLeaving.current = true;
      shown?.close();
    };
  }, []);
  // Escape closes it, whatever one does about it: it comes again
  return (
    <dialog ref={dialog} class="ended" aria-labelledby={titleId} onClose={show}>
      <h2 id={titleId}>{T.title}</h2>
      <p>{T.text}</p>
      <WaysIn {...signingIn} />
      <div class="buttons">
        <button type="button" class="quiet-button" onClick={onLeave}>
          {T.leave}
        </button>
      </div>
    </dialog>
  );
}
