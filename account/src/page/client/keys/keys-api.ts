import type { GrkSettings, GrkWorth } from '../../../service/grk-edit.ts';
import type { Api } from '../api.ts';
import type { Grk } from '../api-types.ts';

// What registration keys ask of the server. Types only: nothing of the server comes along.

export type Settings = Omit<GrkSettings, 'expiresAt'> & { readonly expiresAt: string | null };
export type Worth = GrkWorth;
/** What a card asks of the Ewon, as the server takes it. */
export type CardQuery = { readonly note: string; readonly receipt?: '1'; readonly wipe?: '1' };
/** Both files of a card, in base64. */
type Pair = { readonly t2mTxt: string; readonly t2mJson: string };

/** The questions of this section, over the page's one way to the server. */
export function keysApi({ json }: Pick<Api, 'json'>) {
  const id = encodeURIComponent;
  return {
    add: (settings: Settings) => json<Grk>('grks', { method: 'POST', body: settings }),
    change: (grkId: string, settings: Partial<Settings>) =>
      json<Grk>(`grks/${id(grkId)}`, { method: 'PATCH', body: settings }),
    revoke: (grkId: string) => json<unknown>(`grks/${id(grkId)}`, { method: 'DELETE' }),
    worth: (grkId: string) => json<Worth>(`grks/${id(grkId)}/worth`),
    pair: (grkId: string, card: CardQuery) =>
      json<Pair>(`grks/${id(grkId)}/export?${new URLSearchParams({ form: 'files', ...card })}`),
  };
}
