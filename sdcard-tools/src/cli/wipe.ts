import { err, grkIdOf, ok, type Result } from '@ewon-agent/contracts';
import { T2M_JSON, T2M_TXT } from '../core/easy-commissioning.ts';
import { EXIT, type ExitStatus } from '../core/exit-status.ts';
import { parseT2mTxt } from '../core/t2m-txt.ts';
import type { BlockDevice } from '../volume/block-device.ts';
import { markCardDirectory } from '../volume/mark-directory.ts';
import { openTarget, type Target } from '../volume/target.ts';
import { wipeFiles } from '../volume/wipe-files.ts';
import { findKey, wipeFreeSpace } from '../volume/wipe-free-space.ts';
import { type Form, json, sayFault, textOf } from './answer.ts';
import type { Io } from './io.ts';
import { progressOn } from './progress.ts';

/** How thoroughly a card is wiped: the files alone, or free space as well, and then the whole medium is looked through. */
export type WipeDepth = 'files' | 'full';

/** Everything that leads to an account; receipts and strangers stay. */
const WIPED_NAMES = [T2M_TXT, T2M_JSON];

type Wiped = { readonly removed: readonly string[]; readonly grkId: string | null };

/** `sdcard wipe`: removes the key from a card so that software finds it there no more, and reads back that it is so. */
export async function wipeCard(io: Io, path: string, depth: WipeDepth, form: Form): Promise<ExitStatus> {
  const target = await openTarget(path, 'readWrite');
  if (!target.ok) return sayFault(io, form, target.fault);
  const wiped = await wipeTarget(io, target.value, { path, depth, form });
  await target.value.close();
  if (!wiped.ok) return sayFault(io, form, wiped.fault);
  const { removed, grkId } = wiped.value;
  const what = removed.length > 0 ? `wiped ${removed.join(', ')}` : 'there was neither T2M.txt nor T2M.json';
  const more = depth === 'full' ? '; free space is blank' : '; free space was not looked at, --full does that';
  io.stdout(
    form === 'json'
      ? json({ outcome: 'CARD_WIPED', removed, grkId, depth })
      : `CARD_WIPED: ${textOf('CARD_WIPED').replace(/\.$/, '')} (${what}${more})\n`,
  );
  return EXIT.usable;
}

type Wish = { readonly path: string; readonly depth: WipeDepth; readonly form: Form };

async function wipeTarget(io: Io, target: Target, { path, depth, form }: Wish): Promise<Result<Wiped>> {
  const read = await target.read();
  // what is too large or malformed is wiped like any other; of it only the id cannot be told
  const txt = read.ok && read.value.t2mTxt ? parseT2mTxt(read.value.t2mTxt) : undefined;
  const there = read.ok ? WIPED_NAMES.filter((_, i) => [read.value.t2mTxt, read.value.t2mJson][i]) : WIPED_NAMES;
  const told = { removed: there, grkId: txt?.ok ? grkIdOf(txt.value.grk) : null };
  if (!target.device) {
    if (depth === 'full') return err('USAGE', '--full needs a drive or an image, not a directory');
    io.stderr('overwriting T2M.txt and T2M.json\n');
    const wiped = await markCardDirectory(path, { wipe: true });
    return wiped.ok ? ok(told) : wiped;
  }
  io.stderr(`overwriting T2M.txt and T2M.json; ${howReadBack(target.device)}\n`);
  const files = await wipeFiles(target.device, WIPED_NAMES);
  if (!files.ok) return files;
  const rest = depth === 'full' ? await wipeRest(io, target.device, form) : files;
  return rest.ok ? ok(told) : rest;
}

async function wipeRest(io: Io, device: BlockDevice, form: Form): Promise<Result<void>> {
  const blank = await wipeFreeSpace(device, progressOn(io, form, 'overwriting free space'));
  if (!blank.ok) return blank;
  const key = await findKey(device, progressOn(io, form, 'looking for keys'));
  if (!key.ok) return key;
  return key.value === undefined ? ok(undefined) : err('CARD_KEY_LEFT', `at byte ${key.value} of the medium`);
}

/** Says where what was written is read back from. */
export function howReadBack(device: BlockDevice): string {
  return device.readBack ? 'read back from the medium itself' : "read back through the system's cache";
}
