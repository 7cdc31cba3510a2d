import type { TargetedSubmitEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Answer } from '../api.ts';
import { Dialog, DialogButtons, Field, useAsking } from '../parts.tsx';
import { LISTS as T } from '../texts-lists.ts';
import { harmless } from '../words.ts';
import type { Closing } from './dialogs.tsx';
import { type Found, listApi } from './list-api.ts';

/** A file is tried first; what it would do, or its faults, are shown before anything is done. */
export function ImportDialog({ told, onClose, onDone }: Closing) {
  const ask = useAsking();
  const [tried, setTried] = useState<{ readonly bytes: Blob; readonly found: Found }>();
  const field = useRef<HTMLInputElement>(null);
  const api = listApi(told.api);
  const tryIt = async (file: File): Promise<Answer<NonNullable<typeof tried>>> => {
    const bytes = await bytesOf(file);
    if (!bytes) {
      // else the browser would not notice that the same name is chosen again
      if (field.current) field.current.value = '';
      return { ok: false, status: 0, problem: { ...T.unreadable, detail: '' } };
    }
    const found = await api.importCsv(bytes, 'try');
    return found.ok ? { ok: true, value: { bytes, found: found.value } } : found;
  };
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (tried && tried.found.faulty === 0 && tried.found.changed > 0)
      return void ask.run(
        () => api.importCsv(tried.bytes, 'do'),
        ({ changed }) => onDone(T.imported(changed)),
      );
    const file = field.current?.files?.[0];
    if (file) void ask.run(() => tryIt(file), setTried);
  };
  const { faulty = 0, changed = 0 } = tried?.found ?? {};
  return (
    <Dialog title={T.importTitle} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{T.importText}</p>
        <Field label={T.file}>
          {(id) => (
            <input
              id={id}
              ref={field}
              type="file"
              accept=".csv,text/csv"
              required
              onChange={() => setTried(undefined)}
            />
          )}
        </Field>
        {tried && <Preview found={tried.found} />}
        <DialogButtons label={tried && faulty === 0 && changed > 0 ? T.doIt(changed) : T.tryIt} ask={ask} />
      </form>
    </Dialog>
  );
}

function Preview({ found: { faulty, changed, unchanged, faults, first } }: { readonly found: Found }) {
  return (
    <div class={faulty > 0 ? 'problem' : 'hint'} role="status">
      <p>{faulty > 0 ? T.faults(faulty) : T.tried(changed, unchanged)}</p>
      <ul>
        {faults.map(({ line, column, text }) => (
          <li key={`${line} ${column}`}>{harmless(T.fault(line, column, text))}</li>
        ))}
        {first.map(({ line, name, changes }) => (
          <li key={line}>{harmless(T.change(line, name, changes))}</li>
        ))}
        {faulty === 0 && changed > first.length && <li>{T.moreChanges(changed - first.length)}</li>}
      </ul>
    </div>
  );
}

/** Read once, so that what was shown is what is done, whatever becomes of the file. Bytes, not text: which letters they mean the server judges. */
async function bytesOf(file: File): Promise<Blob | undefined> {
  try {
    return new Blob([await file.arrayBuffer()]);
  } catch {
    return undefined; // it went away or changed since it was chosen, which the caller says
  }
}
