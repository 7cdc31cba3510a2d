import { existsSync } from 'node:fs';
import { type LocationEvidence, printable, type Result } from '@ewon-agent/contracts';
import { askControl } from '../adapters/control-socket.ts';
import { readIfThere } from '../adapters/durable-file.ts';
import type { AgentConfig } from '../config/schema.ts';
import { evidenceText } from '../core/location-change.ts';
import type { LedgerEntry } from '../core/location-ledger.ts';
import { type LocationStatus, locationStatus } from '../core/location-report.ts';
import { NO_LOCATION_SAVED, readSavedLocation } from '../core/location-saved.ts';
import { locationRules } from './open-location.ts';
import { controlPath, locationPath } from './places.ts';
import { readPolicyStatus } from './policy.ts';

/** `running`: an agent tells this. Else it is what was saved last. `configured`: it is located at all. */
export type KnownLocation = { readonly running: boolean; readonly configured: boolean } & LocationStatus;

/**
 * Asks the running agent; where none runs, tells what it saved last. Opens no source.
 * Codes: AGENT_NOT_RUNNING (nothing was ever saved), AGENT_NOT_YOURS, AGENT_RUNNING_ALREADY (it does not answer), STATE_DAMAGED, STATE_UNWRITABLE.
 */
export async function readLocation(config: AgentConfig): Promise<Result<KnownLocation>> {
  const asked = await askControl(controlPath(config.stateDir), 'location');
  const configured = config.location !== undefined;
  if (asked.ok && asked.value !== null)
    return { ok: true, value: { running: true, configured, ...(asked.value as LocationStatus) } };
  if (!asked.ok && asked.fault.code === 'AGENT_NOT_YOURS') return asked;
  const policy = await readPolicyStatus(config);
  if (!policy.ok) return policy;
  const path = locationPath(config.stateDir);
  const saved = existsSync(path)
    ? readSavedLocation(readIfThere(path))
    : { ok: true as const, value: NO_LOCATION_SAVED };
  if (!saved.ok) return saved;
  const status = locationStatus(saved.value, locationRules(config), policy.value.decisions.geolocation);
  return { ok: true, value: { running: asked.ok, configured, ...status } };
}

/** Words it for a terminal of 80 columns. */
export function locationText(location: KnownLocation): string {
  const { on, why, sources, told, withdrawing, ledger, configured, running } = location;
  const lines = [
    [
      'Location',
      `${on && configured ? 'on' : 'off'}: ${configured ? why : 'no "location" in the configuration; see docs/location.md'}`,
    ],
    ['Agent', running ? '' : 'NOT RUNNING (last saved state)'],
    ['Sources', on && configured ? sources.join(', ') || 'none but the address' : ''],
    ['Told', toldText(location)],
    ...(told ? detailsOf(told.evidence).map((detail) => ['', detail]) : []),
    ['', withdrawing ? `${withdrawing}: to be taken back at the next connection` : ''],
  ];
  const shown = lines
    .filter(([, value]) => value)
    .map(([name, value]) => `${`${name}`.padEnd(13)}${printable(`${value}`, 200)}`);
  const entries = ledger.map(entryText);
  return [
    ...shown,
    ...(entries.length > 0 ? ['Ledger', ...entries] : ['Ledger       empty: nothing was read or sent']),
  ].join('\n');
}

function toldText({ told, withdrawing }: KnownLocation): string {
  if (told) return `${told.at} ${evidenceText(told.evidence)}${told.arrived ? '' : ' (it may not have arrived)'}`;
  return withdrawing ? '' : 'nothing: the account knows no place from this Ewon';
}

function detailsOf({ cellTowers = [], wifiAccessPoints = [], gnss }: LocationEvidence): readonly string[] {
  return [
    ...(gnss ? [`fix ${gnss.lat} ${gnss.lng} within ${gnss.accuracy} m, taken ${gnss.at}`] : []),
    ...cellTowers.map((c) => {
      const network = `${c.mobileCountryCode}-${String(c.mobileNetworkCode).padStart(2, '0')}`;
      return `cell ${c.radioType} ${network} area ${c.locationAreaCode} cell ${c.cellId}`;
    }),
    ...wifiAccessPoints.map(({ macAddress }) => `access point ${macAddress}`),
  ];
}

function entryText({ at, until, times, did, source, what }: LedgerEntry): string {
  const again = times > 1 ? ` (${times} times, until ${until.slice(11, 19)})` : '';
  return `  ${at.slice(0, 19)}Z ${did.padEnd(9)} ${(source ?? '').padEnd(5)} ${printable(what, 200)}${again}`;
}
