import type { Api } from './api.ts';
import type { Registration } from './api-types.ts';
import type { Lists } from './page-state.ts';

/** What every section of the page is given: what is known, how to ask, and how to say something to the person. */
export type Told = {
  readonly api: Api;
  readonly lists: Lists;
  readonly nowMs: number;
  readonly logChanges: number;
  readonly patchChanges: number;
  readonly say: (text: string) => void;
  /** Shows an Ewon in another section of the page; the last wish is kept in `pointedOut`. */
  readonly pointOut: (what: PointedOut) => void;
  readonly pointedOut: PointedOut | undefined;
  /** Reads all lists again, for changes that no event announces. */
  readonly reload: () => void;
};

/** An Ewon that is to be shown in a section: each wish is another object. */
export type PointedOut = { readonly at: 'ewons' | 'map'; readonly deviceId: string };

/** A dialog about one waiting Ewon. */
export type Decision = {
  readonly told: Told;
  readonly registration: Registration;
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
};
