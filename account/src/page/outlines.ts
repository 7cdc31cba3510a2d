import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type PageFile, pageFile } from './bundle.ts';

/** How fine outlines of countries there are: 1 : 110 million and 1 : 50 million. */
const DETAILS = ['110m', '50m'] as const;

/** A file that is read when somebody asks for it first, and kept from then on. */
export type LateFile = { readonly path: string; readonly read: () => Promise<PageFile> };

/** Outlines of countries for the map: Natural Earth (public domain), as the package world-atlas has them. */
export function outlineFiles(): readonly LateFile[] {
  return DETAILS.map((detail) => {
    const path = `/outlines-${detail}.json`;
    let file: Promise<PageFile> | undefined;
    const read = async () => pageFile(path, 'application/json', await readFile(fileOf(detail)));
    return { path, read: () => (file ??= read()) };
  });
}

function fileOf(detail: (typeof DETAILS)[number]): string {
  return fileURLToPath(import.meta.resolve(`world-atlas/countries-${detail}.json`));
}
