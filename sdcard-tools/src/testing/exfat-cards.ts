import { assert } from '@ewon-agent/contracts/testing';
import { type ExfatPut, putExfat } from './exfat-files.ts';
import { type ExfatForm, formatExfat } from './exfat-image.ts';
import { type Medium, memoryMedium } from './medium.ts';

/** A card in memory, to be changed through `medium` and read as `image`. */
export type ExfatCard = { readonly image: Uint8Array; readonly medium: Medium };

/** Makes a card of exFAT in memory, with files in its root. */
export function exfatCard(
  files: readonly ExfatPut[],
  form: ExfatForm & { readonly sizeBytes?: number } = {},
): ExfatCard {
  const image = new Uint8Array(form.sizeBytes ?? 2 * 1024 * 1024);
  const medium = memoryMedium(image);
  formatExfat(medium, form);
  for (const file of files) putExfat(medium, file);
  assert.equal(medium.sizeBytes, image.length);
  return { image, medium };
}
