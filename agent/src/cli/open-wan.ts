import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type ClockPort, err, type FirmwarePort, type LogPort, type OpenSerialPort, ok } from '@ewon-agent/contracts';
import type { ProxyOf } from '../adapters/account-way.ts';
import { readIfThere, writeDurably } from '../adapters/durable-file.ts';
import { openSerialPort } from '../adapters/serial-port.ts';
import { readKernel } from '../adapters/wan-linux.ts';
import { probeWay } from '../adapters/wan-probe.ts';
import { watchLinks } from '../adapters/wan-watch.ts';
import type { AgentConfig } from '../config/schema.ts';
import type { WanRules } from '../core/wan.ts';
import { ewonReading, fallReading, linkThroughEwon } from '../core/wan-ewon.ts';
import { kernelReadings } from '../core/wan-kernel.ts';
import { type LinkReading, type Links, mergeReadings } from '../core/wan-link.ts';
import { NM_DEVICES, networkManagerReadings } from '../core/wan-network-manager.ts';
import { askEwonNowAndThen } from '../shell/ewon-way.ts';
import { type Modem, startModem } from '../shell/modem.ts';
import type { WanSources } from '../shell/wan.ts';
import { wanPath } from './places.ts';

export type WanConfig = NonNullable<AgentConfig['wan']>;

/** What holds where the configuration does not speak of the WAN: for a look by the command line. */
export const WAN_DEFAULTS: WanConfig = {
  ...{ links: {}, holdDownMs: 30_000, probeTimeoutMs: 1500, probeBytesMax: 1_000_000, ewonEveryMs: 60_000 },
};
/** There while NetworkManager runs. */
const NM_RUNS = '/run/NetworkManager';
/** `nmcli` and `ip` answer within milliseconds, or something hangs. */
const CHILD_MS = 2000;

type Parts = {
  readonly config: Pick<AgentConfig, 'stateDir' | 'firmware'>;
  readonly wan: WanConfig;
  readonly firmware?: Pick<FirmwarePort, 'status' | 'fallback'>;
  readonly clock: ClockPort;
  readonly proxyOf: ProxyOf;
  /** Where it is told that a modem cannot be asked. */
  readonly log?: LogPort;
};

/** Makes what the WAN is watched with on a real board. */
export function openWan({ config, wan, firmware, clock, proxyOf, log }: Parts): WanSources {
  const path = wanPath(config.stateDir);
  let wakeUp = () => {};
  let modem: Modem | undefined;
  const askEwon = askEwonNowAndThen({ firmware, clock, everyMs: wan.ewonEveryMs, answered: () => wakeUp() });
  return {
    rules: rulesOf(wan),
    async read(known) {
      const names = Object.keys(wan.links);
      const [kernel, manager] = await Promise.all([readKernel(), networkManager()]);
      const wanted = manager.filter(({ name }) => names.length === 0 || names.includes(name));
      const told = modem?.reading();
      const readings = [...kernelReadings(kernel, names), ...wanted, ...(told ? [told] : []), ...configured(wan)];
      const said = askEwon();
      if (!said) return readings;
      const links: Links = mergeReadings(known, readings, { atMs: 0, order: [] });
      const reading = ewonReading(said.estat, linkThroughEwon(links, ewonAddress(config)));
      return [...readings, { ...reading, ...fallReading(said.fall) }];
    },
    watch(wake) {
      wakeUp = wake;
      modem = modemOf(wan, { clock, log, heard: wake });
      const links = watchLinks(clock, wake);
      return {
        stop() {
          links.stop();
          void modem?.stop();
        },
      };
    },
    prove: (order) => probeWay({ ...order, timeoutMs: wan.probeTimeoutMs, proxyOf }),
    sentBy: kernelRoute,
    load: () => readIfThere(path),
    save(text) {
      try {
        writeDurably(path, text);
        return ok(undefined);
      } catch (cause) {
        return err('STATE_UNWRITABLE', path, cause);
      }
    },
  };
}

export function rulesOf({ links, holdDownMs, probeBytesMax }: WanConfig): WanRules {
  return { order: Object.keys(links), holdDownMs, probeBytesMax };
}

function configured({ links }: WanConfig): readonly LinkReading[] {
  // also one that the kernel does not have at the moment: it is a link of this board, and down
  return Object.entries(links).map(([name, kind]) =>
    kind === 'auto' ? { source: 'configuration', name } : { source: 'configuration', name, kind },
  );
}

/** A modem is asked while the WAN is watched: a look by the command line sends nothing. */
function modemOf(
  { modem }: WanConfig,
  { clock, log, heard }: { readonly clock: ClockPort; readonly log: LogPort | undefined; readonly heard: () => void },
): Modem | undefined {
  if (!modem || !log) return undefined;
  const { port: path, baud, link, everyMs } = modem;
  const open: OpenSerialPort = (settings, listener) => openSerialPort(clock, settings, listener);
  return startModem({ open, clock, log, port: { path, baud }, link, everyMs, heard });
}

/** Asks the kernel which way it would send; `ip` says it as JSON. */
function kernelRoute(to: string, from: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('ip', ['-json', 'route', 'get', to, 'from', from], { timeout: CHILD_MS }, (error, stdout) =>
      resolve(error ? undefined : /"dev":"([^"]{1,64})"/.exec(stdout)?.[1]),
    );
  });
}

function ewonAddress({ firmware }: Parts['config']): string | undefined {
  return 'url' in firmware ? URL.parse(firmware.url)?.hostname : undefined;
}

/** Asks NetworkManager where it is; elsewhere nothing is known from it. */
async function networkManager(): Promise<readonly LinkReading[]> {
  if (!existsSync(NM_RUNS)) return [];
  return new Promise((resolve) => {
    execFile('nmcli', [...NM_DEVICES], { timeout: CHILD_MS }, (error, stdout) =>
      resolve(error ? [] : networkManagerReadings(stdout)),
    );
  });
}
