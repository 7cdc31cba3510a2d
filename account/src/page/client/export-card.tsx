import type { TargetedSubmitEvent } from 'preact';
import type { Grk } from './api-types.ts';
import type { Told } from './page.ts';
import { cardKey } from './page-state.ts';
import { Field, fieldOf, ProblemNotice, Tick, useAsking } from './parts.tsx';
import { TEXTS } from './texts.ts';

const T = TEXTS.auto;
/** What a T2M.txt note may hold: printable ASCII (docs/decisions/0002-wire-v1.md §2). */
const NOTE_PATTERN = '[\\x20-\\x7e]{0,140}';

/** Makes the card: an image to write to a medium, or the file alone. The note comes back with each Ewon that uses it. */
export function ExportCard({ told, keys }: { readonly told: Told; readonly keys: readonly Grk[] }) {
  const ask = useAsking();
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = fieldOf(event.currentTarget, 'form', event.submitter) === 'txt' ? 'txt' : 'image';
    const grkId = fieldOf(event.currentTarget, 'grk') || (cardKey(keys)?.id ?? '');
    const file = form === 'image' ? `ewon-card-${grkId}.img` : 'T2M.txt';
    const asked = (wish: 'receipt' | 'wipe') => form === 'image' && fieldOf(event.currentTarget, wish) !== '';
    const order = {
      note: fieldOf(event.currentTarget, 'note'),
      ...(asked('receipt') && { receipt: '1' }),
      ...(asked('wipe') && { wipe: '1' }),
    };
    void ask.run(
      () => told.api.exportCard(grkId, form, order),
      (content) => {
        save(content, file);
        told.say(T.exported(file));
      },
    );
  };
  return (
    <form class="apart" onSubmit={submit}>
      <h3>{T.exportTitle}</h3>
      <p class="quiet">{T.exportText}</p>
      {keys.length > 1 && (
        <Field label={T.key}>
          {(id) => (
            <select id={id} name="grk">
              {keys.map((grk) => (
                <option key={grk.id} value={grk.id} selected={grk === cardKey(keys)}>
                  {grk.origin === 'made' ? grk.id : T.importedKey(grk.id)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Field label={T.exportNote} hint={T.exportNoteHint}>
        {(id) => (
          <input id={id} name="note" maxLength={140} pattern={NOTE_PATTERN} title={T.exportBad} autocomplete="off" />
        )}
      </Field>
      <Tick name="receipt" label={T.exportReceipt} />
      <Tick name="wipe" label={T.exportWipe} />
      <div class="buttons">
        <button type="submit" class="primary" name="form" value="image" disabled={ask.busy}>
          {T.exportImage}
        </button>
        <button type="submit" name="form" value="txt" disabled={ask.busy}>
          {T.exportTxt}
        </button>
      </div>
      <ProblemNotice problem={ask.problem} />
    </form>
  );
}

/** Hands a file to the browser's downloads; asked by script, so that a refusal is shown on the page and not saved as a file. */
function save(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
