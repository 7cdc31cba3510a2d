import { KIB, MINUTE_MS, type Millis, SECOND_MS } from '@ewon-agent/contracts';
import { COMCFG_FACTORY } from './comcfg-keys.ts';
import { CONFIG_FACTORY } from './config-keys.ts';
import { type EventFile, emptyEventFile } from './event-file.ts';
import type { PendingFirmware } from './firmware-flash.ts';
import type { TagState } from './instant-values.ts';
import { type JavaOrders, JVMRUN, JVMRUN_TEXT } from './java-program.ts';
import { latin1Bytes } from './latin1.ts';
import type { Modem } from './modem.ts';
import type { Settings } from './settings.ts';
import { LINKS_WELL, type LinkStates, type Wan, wanBegins } from './wan.ts';

/** What an Ewon is, whatever is set on it. */
export type EwonDevice = {
  /** `YYWW-NNNN-PP`; the last two digits are the product code, which firmware is made for. */
  readonly serial: string;
  readonly model: string;
  readonly firmware: string;
};

/** How long things take. Nothing public says how long a plain boot takes; with firmware it is 2.5 min in all (AUG-0062-00 §4). */
export type EwonTimes = {
  /** From the order to the end of service. */
  readonly rebootDelayMs: Millis;
  readonly bootMs: Millis;
  /** A boot that installs firmware. */
  readonly firmwareBootMs: Millis;
};

export const EWON_TIMES: EwonTimes = {
  rebootDelayMs: 2 * SECOND_MS,
  bootMs: MINUTE_MS,
  firmwareBootMs: 150 * SECOND_MS,
};

/** `all` is `Right` -1 in config.txt; without it there is no way to the configuration and the firmware (RG-001 v1.5 §7.1). */
export type EwonUser = { readonly login: string; readonly password: string; readonly rights?: 'all' | 'view' };

/** An Ewon at one moment. */
export type EwonState = {
  /** Nothing answers while it boots. */
  readonly at: 'running' | 'booting';
  /** Why it will reboot, and when; while it boots, when it will run. */
  readonly reboot?: { readonly dueAtMs: Millis; readonly reason: string };
  readonly device: EwonDevice;
  readonly times: EwonTimes;
  /** As saved, passwords in plain. What needs a boot is in force from {@link EwonState.booted} on. */
  readonly comcfg: Settings;
  /** The settings of the last boot. */
  readonly booted: Settings;
  /** The section System of config.txt. */
  readonly system: Settings;
  readonly users: readonly EwonUser[];
  readonly program: string;
  readonly tags: ReadonlyMap<string, TagState>;
  readonly events: EventFile;
  /** Below /usr, by whole path. */
  readonly userFiles: ReadonlyMap<string, Uint8Array>;
  /** What all of /usr may take, and each file that is put. */
  readonly diskBytes: number;
  /** How the world outside is; `wan` is what the Ewon makes of it. */
  readonly links: LinkStates;
  readonly wan: Wan;
  readonly modem?: Modem;
  /** Firmware that the next boot installs. */
  readonly pendingFirmware?: PendingFirmware;
  /** What its Java program orders when it begins; none where it has no program. */
  readonly java?: JavaOrders;
  /** What the program that runs has ordered. */
  readonly javaRuns?: JavaOrders;
};

export type EwonStateOptions = {
  readonly atMs: Millis;
  readonly device: EwonDevice;
  readonly times?: Partial<EwonTimes>;
  /** Settings other than those of the factory. */
  readonly comcfg?: Readonly<Record<string, string>>;
  readonly users?: readonly EwonUser[];
  readonly eventsMaxBytes?: number;
  readonly diskBytes?: number;
  readonly links?: Partial<LinkStates>;
  readonly modem?: Modem;
  /** It has a Java program, which orders this. */
  readonly java?: JavaOrders;
};

/** The user and the password of an Ewon as it leaves the factory. */
export const FACTORY_USERS: readonly EwonUser[] = [{ login: 'adm', password: 'adm' }];

/** Makes an Ewon that runs, with the settings of the factory. */
export function ewonFromFactory(options: EwonStateOptions): EwonState {
  const comcfg = new Map([...COMCFG_FACTORY, ...Object.entries(options.comcfg ?? {})]);
  return {
    at: 'running',
    device: options.device,
    times: { ...EWON_TIMES, ...options.times },
    comcfg,
    booted: comcfg,
    system: CONFIG_FACTORY,
    users: options.users ?? FACTORY_USERS,
    program: '',
    tags: new Map(),
    events: emptyEventFile(options.eventsMaxBytes ?? 64 * KIB),
    userFiles: new Map(options.java ? [[JVMRUN, latin1Bytes(JVMRUN_TEXT)]] : []),
    diskBytes: options.diskBytes ?? 32 * KIB * KIB,
    links: { ...LINKS_WELL, ...options.links },
    wan: wanBegins(comcfg, options.atMs),
    ...(options.modem && { modem: options.modem }),
    ...(options.java && { java: options.java, javaRuns: options.java }),
  };
}

/** What is left of the disk. */
export function freeBytes(state: EwonState): number {
  return [...state.userFiles.values()].reduce((free, file) => free - file.length, state.diskBytes);
}
