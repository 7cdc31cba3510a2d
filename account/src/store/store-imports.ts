import type { DeviceId, Timestamp } from '@ewon-agent/contracts';
import type { HandoverRecord, MovingEwon } from '../core/imports/handover.ts';
import type { ImportCounts, ImportedEwon, ImportRecord } from '../core/imports/imports.ts';

// The areas of the store that are about imports from other accounts, and by them: see store.ts.

export type ImportsArea = {
  /** The newest first. */
  imports(): Promise<readonly ImportRecord[]>;
  import(importId: string): Promise<ImportRecord | undefined>;
  /** Keeps it in the place of the one with its id. */
  keepImport(record: ImportRecord): Promise<void>;
  /** Forgets it with its Ewons. */
  removeImport(importId: string): Promise<void>;
  /** By their keys. */
  importedEwons(importId: string): Promise<readonly ImportedEwon[]>;
  /** How many of them stand how; a list of imports does not read them all. */
  countImported(importId: string): Promise<ImportCounts>;
  importedEwon(importId: string, publicKey: string): Promise<ImportedEwon | undefined>;
  /** Keeps each in the place of the one of its key. No key may be there twice. */
  keepImportedEwons(importId: string, ewons: readonly ImportedEwon[]): Promise<void>;
  /** Forgets those that were listed and not chosen. */
  removeListed(importId: string): Promise<void>;
};

export type HandoverArea = {
  handovers(): Promise<readonly HandoverRecord[]>;
  handoverOf(rightHash: string): Promise<HandoverRecord | undefined>;
  /** Keeps it in the place of the one with its id. */
  keepHandover(record: HandoverRecord): Promise<void>;
  /** Ends a right; what was ordered by it stays. */
  removeHandover(handoverId: string): Promise<void>;
  /** Ends rights that are over. */
  pruneHandovers(now: Timestamp): Promise<void>;
  movingEwons(handoverId: string): Promise<readonly MovingEwon[]>;
  /** All that were ordered and have not moved, and the others not. */
  allMoving(): Promise<readonly MovingEwon[]>;
  /** What became of the last order of each Ewon that was ever ordered to move. */
  lastMoves(): Promise<readonly MovingEwon[]>;
  lastMoveOf(deviceId: DeviceId): Promise<MovingEwon | undefined>;
  keepMoving(ewon: MovingEwon): Promise<void>;
};
