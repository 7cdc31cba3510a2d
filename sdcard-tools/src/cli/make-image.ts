import { EXIT, type ExitStatus } from '../core/exit-status.ts';
import { parseSize, smallestFat32Bytes } from '../core/image-size.ts';
import { type IfThere, makeImage } from '../volume/make-image.ts';
import { type Form, json, sayFault } from './answer.ts';
import type { Io } from './io.ts';

export type ImageRequest = { readonly path: string; readonly size: string; readonly ifThere: IfThere };

/** `sdcard make-image`: makes an empty card image. */
export async function makeImageFile(io: Io, request: ImageRequest, form: Form): Promise<ExitStatus> {
  const sizeBytes = parseSize(request.size);
  if (!sizeBytes.ok) return sayFault(io, form, sizeBytes.fault);
  if (sizeBytes.value < smallestFat32Bytes) {
    io.stderr(`below ${smallestFat32Bytes / 1024 / 1024}M it becomes FAT16 or FAT12; a genuine Ewon asks for FAT32\n`);
  }
  const made = await makeImage(request.path, sizeBytes.value, request.ifThere);
  if (!made.ok) return sayFault(io, form, made.fault);
  io.stdout(
    form === 'json'
      ? json({ outcome: 'IMAGE_MADE', sizeBytes: sizeBytes.value })
      : `IMAGE_MADE: ${sizeBytes.value} bytes\n`,
  );
  return EXIT.usable;
}
