import { rmSync } from 'node:fs';
import { type ClockPort, SECOND_MS } from '@ewon-agent/contracts';
import { readIfThere, writeDurably } from '../adapters/durable-file.ts';
import { watchGpsd } from '../adapters/gpsd-lines.ts';
import { keptAt } from '../adapters/kept-at.ts';
import { openSerialPort } from '../adapters/serial-port.ts';
import { inodeOf, watchDirectories } from '../adapters/watch-directories.ts';
import { scanWifi } from '../adapters/wifi-scan.ts';
import type { AgentConfig, GnssConfig } from '../config/schema.ts';
import type { LocationRules } from '../core/location.ts';
import type { LocationSource } from '../core/location-ledger.ts';
import { SWITCH_NAMES } from '../core/policy-status.ts';
import { gnssEar } from '../shell/gnss.ts';
import type { LocationSources } from '../shell/location.ts';
import { lookForWifi } from '../shell/wifi.ts';
import { locationPath } from './places.ts';

type LocationConfig = NonNullable<AgentConfig['location']>;

/** A directory of switches that comes later, or that cannot be watched, is looked at this often. */
const SWITCH_ROUND_MS = 10 * SECOND_MS;

/** Makes what this Ewon is located with on a real board. Without `location` in the configuration there is no source. */
export function openLocation(config: AgentConfig, clock: ClockPort): LocationSources {
  const path = locationPath(config.stateDir);
  return {
    isConfigured: config.location !== undefined,
    rules: locationRules(config),
    open(say) {
      const { wifi, gnss, hdopMax } = config.location ?? {};
      const opened: { close(): unknown }[] = [];
      if (wifi) {
        const { interface: name, everyMs } = wifi;
        opened.push(lookForWifi({ clock, everyMs, say, scan: (signal) => scanWifi(name, signal) }));
      }
      const hearing = { clock, say, rules: { hdopMax: hdopMax ?? 0 } };
      if (gnss?.gpsd !== undefined) opened.push(openGpsd(gnss.gpsd, hearing));
      if (gnss?.serial) opened.push(openReceiver(gnss.serial, hearing));
      return {
        close() {
          for (const source of opened) source.close();
        },
      };
    },
    watchSwitch(wake) {
      const { switchDir } = config.board;
      const matters = (name: string) => name === SWITCH_NAMES.geolocation.file;
      const watched = [{ dir: switchDir, matters, version: () => inodeOf(switchDir) }];
      return watchDirectories(watched, { clock, everyMs: SWITCH_ROUND_MS, wake });
    },
    load: () => readIfThere(path),
    save: (text) => keptAt(path, () => writeDurably(path, text)),
    erase: () => keptAt(path, () => rmSync(path, { force: true })),
  };
}

/** What holds for this configuration. */
export function locationRules({ location, wan }: Pick<AgentConfig, 'location' | 'wan'>): LocationRules {
  const sources: readonly (LocationSource | false)[] = location
    ? [wan !== undefined && 'cells', location.wifi !== undefined && 'wifi', location.gnss !== undefined && 'gnss']
    : [];
  const { considerIp, spacingMs, moveMetres }: Pick<LocationConfig, 'considerIp' | 'spacingMs' | 'moveMetres'> =
    location ?? { considerIp: false, spacingMs: 0, moveMetres: 0 };
  return { considerIp, spacingMs, moveMetres, sources: sources.filter((source) => source !== false) };
}

type Hearing = Parameters<typeof gnssEar>[1];

function openGpsd(address: string, hearing: Hearing): { close(): void } {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[(.*)\]$/, '$1'); // of IPv6
  const port = Number(address.slice(at + 1));
  const { line, gone } = gnssEar('gpsd', hearing);
  return watchGpsd(hearing.clock, { host, port }, { line, gone: ({ detail }) => gone(detail) });
}

function openReceiver({ port: path, baud }: NonNullable<GnssConfig['serial']>, hearing: Hearing): { close(): unknown } {
  const { line, gone } = gnssEar('nmea', hearing);
  return openSerialPort(
    hearing.clock,
    { path, baud },
    {
      opened() {},
      line: ({ text }) => line(text), // one that was cut has no checksum
      gone: ({ detail }) => gone(detail),
    },
  );
}
