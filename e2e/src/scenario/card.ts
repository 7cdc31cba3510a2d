import type { CardSpec, FileSpec } from '@ewon-agent/board-sim/scenario/scenario';
import type { CardPair } from './card-pair.ts';
import { makeMedium, type RootFile } from './medium.ts';

/** A card of a scenario. `image` is what is on it; the medium may claim to be larger. */
export type ScenarioCard = Pick<CardSpec, 'lock' | 'badSectors' | 'stallsAtSector'> & {
  readonly image: Uint8Array;
  readonly sizeBytes: number;
};

/** Makes a card as a scenario describes it. */
export async function makeCard(spec: CardSpec, pair: CardPair): Promise<ScenarioCard> {
  const image = await makeMedium(filesOf(spec, pair), spec);
  const sizeBytes = spec.claimsGb === undefined ? image.length : spec.claimsGb * 1e9;
  const { lock, badSectors, stallsAtSector } = spec;
  return { image, sizeBytes, lock, badSectors, ...(stallsAtSector === undefined ? {} : { stallsAtSector }) };
}

function filesOf(spec: CardSpec, { t2mTxt, t2mJson, key }: CardPair): readonly RootFile[] {
  const ofKey: readonly RootFile[] = [
    { name: 'T2M.txt', bytes: t2mTxt },
    ...(spec.manifest === 'signed' ? [{ name: 'T2M.json', bytes: t2mJson }] : []),
  ];
  const given = Object.entries(spec.files ?? {});
  return [
    ...ofKey.filter(({ name }) => !given.some(([other]) => other.toLowerCase() === name.toLowerCase())),
    ...given.filter(([, { absent }]) => !absent).map(([name, file]) => fileOf(name, file, key)),
  ];
}

function fileOf(name: string, { directory, text = '', encoding = 'utf8', padTo = 0 }: FileSpec, key: string): RootFile {
  if (directory) return { name, bytes: Buffer.from('.'), isDirectory: true };
  const bom = encoding === 'utf16le' ? '\ufeff' : '';
  const bytes = Buffer.from(bom + text.replaceAll('{KEY}', key), encoding);
  return {
    name,
    bytes: bytes.length < padTo ? Buffer.concat([bytes, Buffer.alloc(padTo - bytes.length, '\n')]) : bytes,
  };
}
