import { err, ok, type Patch, type PatchInstallerPort, type Result, unreachable } from '@ewon-agent/contracts';
import { STATUS_MAX_BYTES } from '@ewon-agent/firmware-bridge/adapters/ewon-http';
import { ESTAT_DESCRIPTOR, identityFrom, parseEstat } from '@ewon-agent/firmware-bridge/core/estat';
import { blockPath } from '@ewon-agent/firmware-bridge/core/web-requests';
import {
  type EwonNow,
  INSTALL_IDLE,
  type InstallEffect,
  type InstallEvent,
  installTransition,
} from '../core/firmware-install.ts';
import {
  DAMAGED_INSTALL,
  readSavedInstall,
  type SavedInstall,
  savedInstallText,
} from '../core/firmware-install-saved.ts';
import type { InstallDisk } from './firmware-installer-disk.ts';
import { awaitEwon, awaitPending, ewonNow, type InstallEwon } from './firmware-installer-ewon.ts';
import { hand, type Image, isAsSigned, send } from './firmware-installer-image.ts';
import { pause, resume } from './firmware-installer-program.ts';
import { backUp, compare, restore } from './firmware-installer-settings.ts';

/** What firmware is installed with. */
export type InstallerParts = { readonly ewon: InstallEwon; readonly disk: InstallDisk };
type Installed = Result<{ readonly version: string }>;

/** Asks what runs. Codes: those of EwonWeb, FIRMWARE_ANSWER_BAD (no serial). */
export async function presentFirmware(ewon: InstallEwon): ReturnType<PatchInstallerPort['present']> {
  const now = await askNow(ewon);
  return now.ok ? ok({ version: now.value.version, productCode: now.value.productCode }) : now;
}

async function askNow({ web, limits }: InstallEwon): Promise<Result<EwonNow>> {
  const path = blockPath(ESTAT_DESCRIPTOR);
  const answer = await web.ask({ path, maxBytes: STATUS_MAX_BYTES, timeoutMs: limits.stepMs });
  const identity = answer.ok ? identityFrom(parseEstat(Buffer.from(answer.value).toString('latin1'))) : answer;
  return identity.ok ? ok(ewonNow(identity.value)) : identity;
}

/** Installs firmware by what {@link installTransition} decides. */
export async function installFirmware(
  parts: InstallerParts,
  patch: Patch,
  file: string,
  told: (step: string) => void,
): Promise<Installed> {
  const image: Image = { file, signed: patch };
  const journal = parts.disk.journal();
  if (!journal.ok) return journal;
  const saved = journal.value === undefined ? undefined : savedOf(journal.value);
  const isThere = saved !== undefined || (await isAsSigned(image)); // one that goes on looks when it sends
  let event: InstallEvent = { on: 'asked', patch, file: isThere ? 'there' : 'bad', ...(saved && { saved }) };
  let state = INSTALL_IDLE;
  for (;;) {
    const [next, effects]: ReturnType<typeof installTransition> = installTransition(state, event);
    state = next;
    const done = await perform(parts, image, effects, told);
    if (!done) return err('PATCH_FAILED', `this is a bug: nothing to do when ${event.on} came while ${state.at}`);
    if ('result' in done) return done.result;
    event = done;
  }
}

function savedOf(journal: string): SavedInstall {
  const read = readSavedInstall(journal);
  return read.ok ? read.value : DAMAGED_INSTALL;
}

type Done = InstallEvent | { readonly result: Installed } | undefined;

/** Does what is ordered, up to the first order that something comes of. */
async function perform(
  parts: InstallerParts,
  image: Image,
  effects: readonly InstallEffect[],
  told: (step: string) => void,
): Promise<Done> {
  for (const effect of effects) {
    const done = effect.do === 'tell' ? void told(effect.step) : await performOne(parts, image, effect);
    if (done) return done;
  }
  return undefined;
}

async function performOne(
  parts: InstallerParts,
  image: Image,
  effect: Exclude<InstallEffect, { do: 'tell' }>,
): Promise<Done> {
  const { ewon, disk } = parts;
  switch (effect.do) {
    case 'save': {
      const saved = disk.save(savedInstallText(effect.saved));
      return saved.ok ? undefined : { on: 'failed', fault: saved.fault };
    }
    case 'note':
      disk.save(savedInstallText(effect.saved)); // the way back is gone with an older journal as well, only with more questions
      return undefined;
    case 'forget':
      disk.forget(); // what stays is looked at by the next call, which finds nothing to do
      return undefined;
    case 'ask': {
      const now = await askNow(ewon);
      return now.ok ? { on: 'answered', now: now.value, was: 'here' } : { on: 'failed', fault: now.fault };
    }
    case 'awaitAnswer':
      return awaitEwon(ewon);
    case 'awaitRestart':
      return awaitPending(ewon, effect.why);
    case 'backUp':
      return backUp(parts, effect.path);
    case 'pause':
      return pause(ewon);
    case 'send':
      return send(ewon, image);
    case 'hand':
      return hand(ewon, image, effect);
    case 'compare':
      return compare(parts, effect.job, effect.absent);
    case 'restore':
      return restore(parts, effect.job);
    case 'resume':
      return resume(parts, effect);
    case 'end':
      return { result: effect.result };
    default:
      return unreachable(effect);
  }
}
