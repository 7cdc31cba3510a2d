import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CardSpec } from '@ewon-agent/board-sim/scenario/scenario';
import { makeCard, type ScenarioCard } from './card.ts';
import type { CardPair } from './card-pair.ts';
import { readFileOnCard } from './file-on-card.ts';

/** A card as a file of this machine. */
export type MediumFile = Pick<ScenarioCard, 'badSectors' | 'stallsAtSector'> & {
  readonly path: string;
  readonly readOnly: boolean;
};

/** The cards of a scenario as image files in one folder. */
export type MediumFiles = {
  make(name: string, spec: CardSpec, pair: CardPair): Promise<void>;
  of(name: string): MediumFile;
  readFile(name: string, file: string): Promise<string | undefined>;
};

/** Begins with none. */
export function createMediumFiles(dir: string): MediumFiles {
  const files = new Map<string, MediumFile>();
  const of = (name: string): MediumFile => {
    const file = files.get(name);
    if (!file) throw new Error(`no card ${name}`);
    return file;
  };
  return {
    async make(name, spec, pair) {
      const { image, sizeBytes, lock, ...faults } = await makeCard(spec, pair);
      const path = join(dir, `${name}.img`);
      writeFileSync(path, image);
      truncateSync(path, sizeBytes); // sparse
      files.set(name, { path, readOnly: lock === 'writeProtected', ...faults });
    },
    of,
    readFile: (name, file) => readFileOnCard(new Uint8Array(readFileSync(of(name).path)), file),
  };
}
