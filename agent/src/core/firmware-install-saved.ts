import { CODES, type Code, jsonReader, type Result, toUtf8 } from '@ewon-agent/contracts';

// The journal of an installation: written before each step that touches the Ewon, taken away when all is as it was. Whoever starts in
// the middle finds in it how far it was.

/** What is installed, and what is to be put back. */
export type Job = {
  readonly sha256: string;
  readonly path: string;
  readonly version: string;
  /** Of the Ewon: another one in its place is none of what was saved. */
  readonly serial: string;
  /** The version that ran before. */
  readonly before: string;
  /** The directory of the backup. */
  readonly backup: string;
  /** Whether its Java program is kept from beginning: `unknown` until that was looked at. */
  readonly program: 'unknown' | 'none' | 'aside';
  /** How often an agent began or went on with it. */
  readonly starts: number;
};
/** How it ends once everything is put back; `again`: an earlier call failed, and this one begins anew then. */
export type Outcome =
  | { readonly is: 'installed'; readonly version: string }
  | { readonly is: 'failed'; readonly code: Code; readonly detail: string }
  | { readonly is: 'again' };
/**
 * `pausing` the Java program is put aside, and the Ewon restarts without it · `sending` the file goes to the Ewon, where it is none of
 * firmware yet · `handing` the Ewon has it as firmware, or is about to, and may restart · `comparing` the settings with those of the
 * backup · `restoring` those that were lost · `resuming` the Java program begins again.
 */
export type SavedInstall = { readonly job: Job } & (
  | { readonly at: 'pausing' | 'sending' }
  | { readonly at: 'handing'; readonly way: HandingWay }
  | {
      readonly at: 'comparing' | 'restoring' | 'resuming';
      readonly outcome: Outcome;
      /** They were given back once already. */
      readonly restored: 'yes' | 'no';
      /** A setting that was given back counts only from a restart on. */
      readonly restart: 'needed' | 'no';
    }
);
/** `rename` the file lies beside and takes the name of firmware · `write` it is written under that name, where the first cannot be. */
export type HandingWay = 'rename' | 'write';

/** Writes the journal. It holds no setting and no secret. */
export function savedInstallText(saved: SavedInstall): string {
  return JSON.stringify({ v: 1, ...saved });
}

/** Reads it back. Codes: BAD_REQUEST. */
export function readSavedInstall(journal: string): Result<SavedInstall> {
  return readDocument(toUtf8(journal));
}

/** What stands for a journal that cannot be read: whatever was put aside goes back. */
export const DAMAGED_INSTALL: SavedInstall = {
  job: { sha256: '', path: '', version: '', serial: '', before: '', backup: '', program: 'unknown', starts: 1 },
  at: 'resuming',
  outcome: { is: 'again' },
  restored: 'no',
  restart: 'no',
};

const text = (maxLength: number) => ({ type: 'string', maxLength });
const object = (required: readonly string[], properties: object) => ({ type: 'object', required, properties });
const job = object(['sha256', 'path', 'version', 'serial', 'before', 'backup', 'program', 'starts'], {
  ...{ sha256: text(64), path: text(100), version: text(64), serial: text(64), before: text(64) },
  backup: { type: 'string', pattern: '^[A-Za-z0-9._-]{0,200}$' },
  program: { enum: ['unknown', 'none', 'aside'] },
  starts: { type: 'integer', minimum: 0 },
});
const outcome = {
  oneOf: [
    object(['is'], { is: { const: 'again' } }),
    object(['is', 'version'], { is: { const: 'installed' }, version: text(64) }),
    object(['is', 'code', 'detail'], {
      is: { const: 'failed' },
      code: { enum: Object.keys(CODES) },
      detail: text(2000),
    }),
  ],
};
const step = (at: readonly string[], required: readonly string[] = [], properties: object = {}) =>
  object(['v', 'job', 'at', ...required], { v: { const: 1 }, job, at: { enum: at }, ...properties });
const readDocument = jsonReader<SavedInstall>({
  oneOf: [
    step(['pausing', 'sending']),
    step(['handing'], ['way'], { way: { enum: ['rename', 'write'] } }),
    step(['comparing', 'restoring', 'resuming'], ['outcome', 'restored', 'restart'], {
      outcome,
      restored: { enum: ['yes', 'no'] },
      restart: { enum: ['needed', 'no'] },
    }),
  ],
});
