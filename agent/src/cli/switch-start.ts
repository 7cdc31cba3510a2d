import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../adapters/durable-file.ts';
import { digestOf, keepOnly, removeEntry } from '../adapters/version-files.ts';
import { KEPT_FILES, RUN_FILES, type VersionPlaces } from '../adapters/version-places.ts';
import { ORDER_FILES } from '../core/version-orders.ts';
import { chooseStart, type Start, slotsInUse, type Versions, versionsText } from '../core/version-state.ts';
import { loadVersions, packagedAbout, type SwitchParts } from './switch-parts.ts';

// Before each start of the agent, as root: counts a try, clears away what was interrupted, says which version is started.

/** Chooses what the launcher starts. Whatever fails, the packaged version is what is left. */
export function chooseVersion(parts: SwitchParts): void {
  const { places, say } = parts;
  const path = (file: keyof typeof RUN_FILES) => join(places.runDir, RUN_FILES[file]);
  mkdirSync(places.runDir, { recursive: true, mode: 0o755 });
  removeEntry(path('start')); // first: what was chosen before must not be started again without being counted
  removeEntry(path('trial'));
  openOrders(places);
  mkdirSync(places.versionsDir, { recursive: true, mode: 0o755 });

  const loaded = loadVersions(places);
  if (!loaded.ok) say('versions were damaged, the packaged one is started', loaded.fault.code);
  const versions: Versions = loaded.ok ? loaded.value : {};
  const facts = {
    packaged: packagedAbout(places).version,
    isWhole: ({ slot, digest }: { readonly slot: string; readonly digest: string }) =>
      digestOf(join(places.versionsDir, slot)) === digest,
  };
  const start = saved(parts, loaded.ok ? versions : undefined, chooseStart(versions, facts));
  const { trial } = start.versions;
  if (start.onTrial && trial) {
    const started = { version: trial.version, sha256: trial.sha256, atS: parts.uptimeS() };
    writeDurably(path('trial'), `${JSON.stringify(started)}\n`, 0o644);
  }
  if (start.start) writeDurably(path('start'), `${start.start.slot}\n`, 0o644);
  say(start.onTrial ? 'on trial' : 'chosen', start.start?.version ?? `package ${facts.packaged}`);
}

/** A try that cannot be counted is not made: the version before is started, and the trial waits for a disk that works. */
function saved({ places, say }: SwitchParts, before: Versions | undefined, start: Start): Start {
  try {
    const text = versionsText(start.versions);
    if (before === undefined || text !== versionsText(before))
      writeDurably(join(places.versionsDir, KEPT_FILES.state), text, 0o644);
    keepOnly(places.versionsDir, [...Object.values(KEPT_FILES), ...slotsInUse(start.versions)]);
    return start;
  } catch (cause) {
    say('nothing could be saved', cause instanceof Error ? cause.message : '');
    const { blessed } = start.versions;
    return { versions: before ?? {}, ...(blessed && { start: blessed }), onTrial: false };
  }
}

/** The directory that agent and root share: the group may write there, and root needs no right over files of others. */
function openOrders({ ordersDir }: VersionPlaces): void {
  mkdirSync(ordersDir, { recursive: true });
  chmodSync(ordersDir, 0o770); // whatever the umask took away
  removeEntry(join(ordersDir, ORDER_FILES.online)); // said by the process before
}
