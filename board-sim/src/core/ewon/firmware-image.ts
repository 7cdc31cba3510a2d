import { fnv1a } from './fnv1a.ts';
import { latin1Bytes, latin1Text } from './latin1.ts';

// Firmware for the simulated Ewon. HMS's own images are not public; these say in plain text what theirs say in binary.

export type FirmwareImage = {
  readonly version: string;
  /** The last two digits of the serial numbers that it is made for. */
  readonly product: string;
};

/** Makes an image; `sizeBytes` is about how long it becomes. */
export function firmwareImage({
  version,
  product,
  sizeBytes = 4096,
}: FirmwareImage & { readonly sizeBytes?: number }): Uint8Array {
  const rest = Uint8Array.from({ length: sizeBytes }, (_, i) => (i * 37) & 255);
  const head = latin1Bytes(`${MAGIC}${version};${product};${sizeBytes};${fnv1a(rest)}\n`);
  const image = new Uint8Array(head.length + rest.length);
  image.set(head);
  image.set(rest, head.length);
  return image;
}

/** How HMS names an image: `er15_0s4p21_ma.edfs`, signed from 15 on. */
export function firmwareFileName({ version, product }: FirmwareImage): string {
  return `er${version.replace('.', '_')}p${product}_ma.${Number.parseInt(version, 10) >= 15 ? 'edfs' : 'edf'}`;
}

/** Reads an image. @returns undefined when it is damaged, cut short, or none */
export function readFirmwareImage(bytes: Uint8Array): FirmwareImage | undefined {
  const end = bytes.indexOf(10);
  const head = latin1Text(bytes.subarray(0, Math.max(0, Math.min(end, 100))));
  if (!head.startsWith(MAGIC)) return undefined;
  const [version = '', product = '', size, sum] = head.slice(MAGIC.length).split(';');
  const rest = bytes.subarray(end + 1);
  return Number(size) === rest.length && Number(sum) === fnv1a(rest) ? { version, product } : undefined;
}

const MAGIC = 'simulated Ewon firmware;';
