import type { TargetedSubmitEvent } from 'preact';
import { DialogButtons, Field, fieldOf, useAsking } from '../parts.tsx';
import { IMPORTS } from '../texts-imports.ts';
import type { StepProps } from './import-wizard.tsx';
import type { ImportView } from './imports-api.ts';

const T = IMPORTS.source;

/** Where the other account is, and who agrees there. */
export function SourceStep({ api, onOpened }: StepProps & { readonly onOpened: (view: ImportView) => void }) {
  const ask = useAsking();
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const password = new FormData(form).get('password'); // blanks are part of it
    const file = new FormData(form).get('ca');
    const claim = {
      ...{ url: fieldOf(form, 'url'), login: fieldOf(form, 'login') },
      password: typeof password === 'string' ? password : '',
    };
    void ask.run(async () => {
      const ca = file instanceof File ? await file.text() : '';
      return api.open({ ...claim, ...(ca !== '' && { ca }) });
    }, onOpened);
  };
  return (
    <form onSubmit={submit}>
      <p>{T.text}</p>
      <Field label={T.url} hint={T.urlHint}>
        {(id) => <input id={id} name="url" inputMode="url" required maxLength={512} autocomplete="off" />}
      </Field>
      <Field label={T.login}>{(id) => <input id={id} name="login" required maxLength={60} autocomplete="off" />}</Field>
      <Field label={T.password}>
        {(id) => <input id={id} name="password" type="password" required maxLength={200} autocomplete="off" />}
      </Field>
      <Field label={T.ca} hint={T.caHint}>
        {(id) => <input id={id} type="file" name="ca" accept=".pem,.crt,.cer" />}
      </Field>
      <DialogButtons label={T.button} ask={ask} />
    </form>
  );
}
