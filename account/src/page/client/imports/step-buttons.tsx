import { TEXTS } from '../texts.ts';
import { IMPORTS as T } from '../texts-imports.ts';

/** The last row of a step that asks nothing of the server: away, back, on. @param onBack not there: there is nothing to go back to */
export function StepButtons({ onBack, impossible }: { readonly onBack?: () => void; readonly impossible?: boolean }) {
  return (
    <div class="buttons end">
      <button type="button" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
        {TEXTS.cancel}
      </button>
      {onBack && (
        <button type="button" onClick={onBack}>
          {T.back}
        </button>
      )}
      <button type="submit" class="primary" disabled={impossible}>
        {T.next}
      </button>
    </div>
  );
}
