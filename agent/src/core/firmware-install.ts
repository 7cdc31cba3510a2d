import { err, type Fault, ok, type Patch, type PatchedNow, type Result, unreachable } from '@ewon-agent/contracts';
import { firmwareNameFor, parseFirmwareVersion } from '@ewon-agent/firmware-bridge/core/firmware-file';
import { firmwareDoubt, isSameVersion } from './firmware-install-fit.ts';
import type { HandingWay, Job, Outcome, SavedInstall } from './firmware-install-saved.ts';

// How firmware gets to an Ewon, as one function (docs/firmware-patches.md, decision 0040).
//
//   idle ─▶ asking ─▶ backingUp ─▶ pausing ─▶ sending ─▶ handing ─▶ comparing ⇄ restoring
//     │                                ▲         ▲          │            │
//     └─(a journal)─▶ returning ─▶ waiting ──────┴──────────┴────────────┴─▶ resuming ─▶ ended
//
// idle: nothing was asked for. asking, backingUp: nothing of the Ewon was touched yet, nothing is saved. pausing … resuming: see SavedInstall;
// each is saved before what it does is done, and is the state `working` here. returning: an agent goes on with what another had saved, and waits until
// the Ewon answers. waiting: it does, and may be about to restart, as somebody may have asked it to. ended: told.
//
// Nothing is tried twice in one call: who asked for it asks again. What was put aside goes back in any case.

/** The Ewon as it answers. */
export type EwonNow = PatchedNow & { readonly serial: string };

export type InstallState =
  | { readonly at: 'idle' | 'ended' }
  | { readonly at: 'asking'; readonly patch: Patch }
  | { readonly at: 'backingUp'; readonly patch: Patch; readonly now: EwonNow }
  | { readonly at: 'returning'; readonly patch: Patch; readonly saved: SavedInstall }
  | { readonly at: 'waiting'; readonly patch: Patch; readonly saved: SavedInstall; readonly now: EwonNow }
  | { readonly at: 'working'; readonly patch: Patch; readonly saved: SavedInstall };

export type InstallEvent =
  | { readonly on: 'asked'; readonly patch: Patch; readonly file: 'there' | 'bad'; readonly saved?: SavedInstall }
  /** `was` away: it did not answer at first, so it has restarted. */
  | { readonly on: 'answered'; readonly now: EwonNow; readonly was: 'here' | 'away' }
  | { readonly on: 'backedUp'; readonly backup: string }
  | { readonly on: 'paused'; readonly program: 'none' | 'aside' }
  | { readonly on: 'sent' }
  | { readonly on: 'back'; readonly now: EwonNow }
  /** It goes on as before, and may say why. */
  | { readonly on: 'stayed'; readonly detail: string }
  /** It does not answer any more, for as long as a restart may take. */
  | { readonly on: 'gone'; readonly detail: string }
  /** `lost`: names of settings that are not as they were. */
  | { readonly on: 'compared'; readonly lost: readonly string[] }
  | { readonly on: 'restored'; readonly restart: 'needed' | 'no' }
  | { readonly on: 'resumed' }
  | { readonly on: 'failed'; readonly fault: Fault };

export type InstallEffect =
  | { readonly do: 'tell'; readonly step: string }
  /**
   * Writes the journal. When that fails, what follows a `save` is not done, and `failed` is what happened; a `note` is on the way back, which is gone
   * whatever the disk does.
   */
  | { readonly do: 'save' | 'note'; readonly saved: SavedInstall }
  | { readonly do: 'ask' | 'awaitAnswer' }
  /** A restart that may have been asked for before: `order` in so many words, `firmware` by giving it. */
  | { readonly do: 'awaitRestart'; readonly why: 'order' | 'firmware' }
  | { readonly do: 'backUp'; readonly path: string }
  | { readonly do: 'pause' | 'send'; readonly job: Job }
  /** `name`: under which the Ewon takes it. */
  | { readonly do: 'hand'; readonly job: Job; readonly way: HandingWay; readonly name: string }
  /** `absent`: what a key is that is not there any more. */
  | { readonly do: 'compare'; readonly job: Job; readonly absent: 'lost' | 'dropped' }
  | { readonly do: 'restore'; readonly job: Job }
  | { readonly do: 'resume'; readonly job: Job; readonly restart: 'needed' | 'no' }
  | { readonly do: 'forget' }
  | { readonly do: 'end'; readonly result: Result<{ readonly version: string }> };

export type InstallStep = readonly [InstallState, readonly InstallEffect[]];

export const INSTALL_IDLE: InstallState = { at: 'idle' };

/** An agent that is killed again and again in the middle goes no further from then on, and puts everything back. */
const STARTS_MAX = 3;

/** What is done next. Total: an event that does not fit changes nothing. */
export function installTransition(state: InstallState, event: InstallEvent): InstallStep {
  switch (state.at) {
    case 'idle':
      return event.on === 'asked' ? begun(event) : [state, []];
    case 'ended':
      return [state, []];
    case 'asking':
      if (event.on === 'failed') return left(event.fault);
      return event.on === 'answered' ? judged(state.patch, event.now) : [state, []];
    case 'backingUp':
      if (event.on === 'failed')
        return ended(err('PATCH_BACKUP_FAILED', `${event.fault.code}: ${event.fault.detail}`, event.fault.cause));
      return event.on === 'backedUp' ? pausing(state.patch, state.now, event.backup) : [state, []];
    case 'returning':
      if (event.on === 'gone') return ended(err('PATCH_NOT_BACK', event.detail));
      if (event.on === 'failed') return left(event.fault);
      return event.on === 'answered' ? returned(state, event) : [state, []];
    case 'waiting':
      if (event.on === 'gone') return ended(err('PATCH_NOT_BACK', event.detail));
      if (event.on === 'back') return goesOn(state.patch, state.saved, event.now);
      return event.on === 'stayed' ? goesOn(state.patch, state.saved, state.now) : [state, []];
    case 'working':
      return worked(state, event);
    default:
      return unreachable(state);
  }
}

type Working = Extract<InstallState, { at: 'working' }>;

function begun({ patch, file, saved }: Extract<InstallEvent, { on: 'asked' }>): InstallStep {
  if (saved) {
    const more = { ...saved, job: { ...saved.job, starts: saved.job.starts + 1 } };
    const told = { do: 'tell', step: `goes on where it was: ${saved.at}` } as const;
    return [{ at: 'returning', patch, saved: more }, [told, { do: 'note', saved: more }, { do: 'awaitAnswer' }]];
  }
  if (file === 'bad') return ended(err('LOCAL_FILE_BAD', `${patch.path} is not what was signed, or is not there`));
  return asking(patch);
}

function asking(patch: Patch): InstallStep {
  return [{ at: 'asking', patch }, [{ do: 'tell', step: 'asks what runs' }, { do: 'ask' }]];
}

function judged(patch: Patch, now: EwonNow): InstallStep {
  const doubt = firmwareDoubt(patch, now);
  if (doubt === 'installed') return ended(ok({ version: now.version }));
  if (doubt) return ended(err(doubt.code, doubt.detail));
  return [
    { at: 'backingUp', patch, now },
    [
      { do: 'tell', step: 'backs up the settings' },
      { do: 'backUp', path: patch.path },
    ],
  ];
}

function pausing(patch: Patch, { version: before, serial }: EwonNow, backup: string): InstallStep {
  const { sha256, path, custom } = patch;
  const job: Job = {
    ...{ sha256, path, version: custom.version, serial, before, backup },
    program: 'unknown',
    starts: 1,
  };
  return working(patch, { at: 'pausing', job });
}

/** Goes on from a saved step; nothing is known of what was done of it. */
function returned({ patch, saved }: Extract<InstallState, { at: 'returning' }>, answered: Answered): InstallStep {
  const { now, was } = answered;
  const { job } = saved;
  if (job.serial !== '' && job.serial !== now.serial) return forgotten(patch); // nothing of one Ewon goes to another
  const isNew = isSameVersion(now.version, job.version);
  // it may have been asked to restart, or have the firmware, and must not be disturbed then
  if (was === 'here' && !(saved.at === 'handing' && isNew)) {
    const why = saved.at === 'handing' ? 'firmware' : 'order';
    const waiting: InstallState = { at: 'waiting', patch, saved, now };
    return [
      waiting,
      [
        { do: 'tell', step: 'waits for the Ewon to restart' },
        { do: 'awaitRestart', why },
      ],
    ];
  }
  return goesOn(patch, saved, now);
}

type Answered = Extract<InstallEvent, { on: 'answered' }>;

/** The Ewon is not about to restart, and what it runs is known. */
function goesOn(patch: Patch, saved: SavedInstall, now: EwonNow): InstallStep {
  const { job } = saved;
  if (saved.at === 'comparing' || saved.at === 'restoring' || saved.at === 'resuming')
    // what cannot be compared again and again does not keep the program from beginning
    return working(patch, { ...saved, ...onceMore(saved), ...(job.starts > STARTS_MAX && { at: 'resuming' }) });
  if (isSameVersion(now.version, job.version)) return comparing(patch, job, { is: 'installed', version: now.version });
  if (!isSameVersion(now.version, job.before)) return comparing(patch, job, otherVersion(job, now));
  if (patch.sha256 !== job.sha256) return comparing(patch, job, failure('PATCH_FAILED', 'another was asked for'));
  if (job.starts > STARTS_MAX)
    return comparing(patch, job, failure('PATCH_FAILED', `interrupted ${job.starts - 1} times`));
  return working(patch, saved.at === 'handing' ? { at: 'sending', job } : saved);
}

/** A call is a try: what an earlier one failed with is not what this one answers. */
function onceMore({ outcome }: Returning): Pick<Returning, 'outcome'> {
  return outcome.is === 'failed' ? { outcome: { is: 'again' } } : { outcome };
}

function worked(state: Working, event: InstallEvent): InstallStep {
  const { patch, saved } = state;
  const { job } = saved;
  if (event.on === 'gone') return ended(err('PATCH_NOT_BACK', event.detail)); // the journal stays: when it is back, all goes on
  switch (saved.at) {
    case 'pausing':
      if (event.on === 'paused') return working(patch, { at: 'sending', job: { ...job, program: event.program } });
      return event.on === 'failed' ? comparing(patch, job, failed(event.fault)) : [state, []];
    case 'sending':
      if (event.on === 'sent') return working(patch, { at: 'handing', way: 'rename', job });
      if (event.on !== 'failed') return [state, []];
      if (isNoPlaceBeside(event.fault)) return working(patch, { at: 'handing', way: 'write', job });
      return comparing(patch, job, failed(event.fault));
    case 'handing':
      return handed(state, saved, event);
    case 'comparing':
      if (event.on === 'compared') return compared(patch, saved, event.lost);
      return event.on === 'failed' ? left(event.fault) : [state, []];
    case 'restoring': {
      const restored = { ...saved, restored: 'yes', at: 'comparing' } as const;
      if (event.on === 'restored') return working(patch, { ...restored, restart: event.restart });
      return event.on === 'failed' ? left(event.fault) : [state, []];
    }
    case 'resuming':
      if (event.on === 'resumed') return resumed(patch, job, saved.outcome);
      return event.on === 'failed' ? left(event.fault) : [state, []];
    default:
      return unreachable(saved);
  }
}

type Handing = Extract<SavedInstall, { at: 'handing' }>;

function handed(state: Working, saved: Handing, event: InstallEvent): InstallStep {
  const { patch } = state;
  const { job, way } = saved;
  if (event.on === 'back') {
    const isNew = isSameVersion(event.now.version, job.version);
    const outcome: Outcome = isNew ? { is: 'installed', version: event.now.version } : otherVersion(job, event.now);
    return comparing(patch, job, outcome);
  }
  if (event.on === 'stayed') return comparing(patch, job, failure('PATCH_DECLINED', event.detail));
  if (event.on !== 'failed') return [state, []];
  if (way === 'rename' && isNoPlaceBeside(event.fault)) return working(patch, { at: 'handing', way: 'write', job });
  if (event.fault.code === 'EWON_DECLINED') return comparing(patch, job, failure('PATCH_DECLINED', event.fault.detail));
  return comparing(patch, job, failed(event.fault));
}

/** An Ewon with no room in /usr beside what is there, or that takes no such names, may still take the firmware itself. */
function isNoPlaceBeside({ code }: Fault): boolean {
  return code === 'EWON_DISK_FULL' || code === 'EWON_DECLINED';
}

type Returning = Extract<SavedInstall, { outcome: Outcome }>;

function compared(patch: Patch, saved: Returning, lost: readonly string[]): InstallStep {
  if (lost.length === 0) return working(patch, { ...saved, at: 'resuming' });
  if (saved.restored === 'no') return working(patch, { ...saved, at: 'restoring' });
  const { outcome } = saved;
  const names = lost.slice(0, 20).join(', ');
  const unlike = outcome.is === 'installed' ? failure('EWON_NOT_TAKEN', `${outcome.version} runs; ${names}`) : outcome;
  return working(patch, { ...saved, outcome: unlike, at: 'resuming' });
}

function resumed(patch: Patch, job: Job, outcome: Outcome): InstallStep {
  if (patch.sha256 !== job.sha256 || outcome.is === 'again') return forgotten(patch);
  const { is } = outcome;
  const result = is === 'installed' ? ok({ version: outcome.version }) : err(outcome.code, outcome.detail);
  return [{ at: 'ended' }, [{ do: 'forget' }, { do: 'end', result }]];
}

/** Begins anew. */
function forgotten(patch: Patch): InstallStep {
  const [state, effects] = asking(patch);
  return [state, [{ do: 'forget' }, ...effects]];
}

function comparing(patch: Patch, job: Job, outcome: Outcome): InstallStep {
  return working(patch, { at: 'comparing', job, outcome, restored: 'no', restart: 'no' });
}

/** Ends for now; where there is a journal it stays, and the next call goes on there. */
function left({ code, detail, cause }: Fault): InstallStep {
  return ended(err(code, detail, cause));
}

function ended(result: Result<{ readonly version: string }>): InstallStep {
  return [{ at: 'ended' }, [{ do: 'end', result }]];
}

function working(patch: Patch, saved: SavedInstall): InstallStep {
  const keep = 'outcome' in saved ? 'note' : 'save';
  return [{ at: 'working', patch, saved }, [{ do: keep, saved }, ...workOf(saved)]];
}

/** What is done in a step, and how it is told. */
function workOf(saved: SavedInstall): readonly InstallEffect[] {
  const { job } = saved;
  const told = (step: string, effect: InstallEffect): readonly InstallEffect[] => [{ do: 'tell', step }, effect];
  switch (saved.at) {
    case 'pausing':
      return told('keeps its Java program from beginning', { do: 'pause', job });
    case 'sending':
      return told('sends the firmware', { do: 'send', job });
    case 'handing':
      return told('installs, and waits for the restart', { do: 'hand', job, way: saved.way, name: nameFor(job) });
    case 'comparing': {
      const absent = saved.restored === 'yes' ? 'dropped' : 'lost';
      return told('compares the settings with those of the backup', { do: 'compare', job, absent });
    }
    case 'restoring':
      return told('gives lost settings back', { do: 'restore', job });
    case 'resuming':
      return told('leaves the Ewon as it was', { do: 'resume', job, restart: saved.restart });
    default:
      return unreachable(saved);
  }
}

/** Firmware before 15 takes `.edf`, from 15 on the signed `.edfs`. */
function nameFor({ before }: Job): string {
  const runs = parseFirmwareVersion(before);
  return runs ? firmwareNameFor(runs) : 'ewonfwr.edf'; // one that is no version got no further than `asking`
}

function otherVersion({ version, before }: Job, now: EwonNow): Outcome {
  return failure(
    'PATCH_WRONG_VERSION',
    `it restarted and runs ${now.version}; ${version} was meant, ${before} ran before`,
  );
}

function failed({ code, detail }: Fault): Outcome {
  return failure(code, detail);
}

function failure(code: Fault['code'], detail: string): Outcome {
  return { is: 'failed', code, detail: detail.slice(0, 2000) };
}
