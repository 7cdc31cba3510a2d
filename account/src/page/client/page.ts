import type { Api } from './api.ts';
import type { Counts, EwonPage, Registration } from './api-types.ts';
import type { Early } from './early.ts';
import type { Heard } from './heard.ts';
import type { Lists } from './page-state.ts';

/** What every section of the page is given: what is known, how to ask, and how to say something to the person. */
export type Told = {
  readonly api: Api;
  readonly lists: Lists;
  readonly nowMs: number;
  readonly logChanges: number;
  readonly patchChanges: number;
  /** Counts how often everything was read anew: who keeps rows of his own reads them again. */
  readonly readings: number;
  /** Ewons that changed, for who shows some of them. */
  readonly heard: Heard;
  /** The first page of the list of Ewons, which was asked for as soon as the page opened. */
  readonly firstEwons: Early<EwonPage> | undefined;
  /** How many Ewons there are, once that is known. */
  readonly counts: Counts | undefined;
  readonly say: (text: string) => void;
  /** Shows an Ewon in another section of the page; the last wish is kept in `pointedOut`. */
  readonly pointOut: (what: PointedOut) => void;
  readonly pointedOut: PointedOut | undefined;
  /** Reads all lists again, for changes that no event announces. */
  readonly reload: () => void;
};

/** An Ewon that is to be shown in a section: each wish is another object. */
export type PointedOut = {
  readonly at: 'ewons' | 'map' | 'log';
  readonly deviceId: string;
  readonly serial: string;
  readonly name: string;
};

/** A dialog about one waiting Ewon. */
export type Decision = {
  readonly told: Told;
  readonly registration: Registration;
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
};
