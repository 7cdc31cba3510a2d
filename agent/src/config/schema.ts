import type { LogLevel, Millis } from '@ewon-agent/contracts';
import type { ProxySettings } from '../core/proxy.ts';

// What a read configuration is. Names, units, ranges and defaults stand in agent-config.schema.json, the one place
// for them; docs/configuration.md is written from it.

/** A configuration as the reader answers it: checked, paths absolute, defaults filled in. */
export type AgentConfig = {
  /** The file that it was read from. */
  readonly origin?: string;
  /** Where state, key and control socket live; the only directory the agent writes. */
  readonly stateDir: string;
  readonly slots: Readonly<Record<string, SlotConfig>>;
  /** 0: cards in SD slots are not used; as on the Ewon (SSH-0050), and read at the start only as there. */
  readonly SDConfigEnable: 0 | 1;
  /** 0: cards in USB slots are not used. */
  readonly USBConfigEnable: 0 | 1;
  /** 0: this Ewon is not located; the name is the Ewon's own (comcfg.txt). */
  readonly GeolocEnable: 0 | 1;
  /** 0: the account may not change this Ewon. */
  readonly RemoteManagementEnable: 0 | 1;
  readonly account?: {
    readonly url?: string;
    readonly caFile?: string;
    readonly trust: 'card' | 'pinned';
    readonly key?: string;
  };
  readonly proxy?: ProxySettings;
  readonly firmware:
    | { readonly url: string; readonly user: string; readonly passwordFile: string; readonly ftpPort: number }
    | { readonly serial: string; readonly model: string; readonly version: string };
  /** Tags are told only where this is there. */
  readonly telemetry?: {
    readonly everyMs: Millis;
    readonly batchMs: Millis;
    readonly heartbeatMs: Millis;
    readonly deadband: number;
    readonly tags?: Readonly<Record<string, { readonly deadband?: number; readonly heartbeatMs?: Millis }>>;
  };
  /** The way to the account is watched only where this is there. */
  readonly wan?: {
    readonly links: Readonly<Record<string, 'auto' | 'ethernet' | 'wifi' | 'cellular'>>;
    readonly holdDownMs: Millis;
    readonly probeTimeoutMs: Millis;
    readonly probeBytesMax: number;
    readonly ewonEveryMs: Millis;
    readonly modem?: { readonly port: string; readonly baud: number; readonly link: string; readonly everyMs: Millis };
  };
  /** This Ewon is located only where this is there, and where account, GeolocEnable and the board allow it. */
  readonly location?: {
    readonly considerIp: boolean;
    readonly spacingMs: Millis;
    readonly moveMetres: number;
    readonly hdopMax: number;
    readonly wifi?: { readonly interface: string; readonly everyMs: Millis };
    readonly gnss?: GnssConfig;
  };
  readonly patch: {
    readonly everyMs: Millis;
    readonly metered: 'auto' | 'yes' | 'no';
    /** The tree of a repository on a medium, for where no network is. */
    readonly directory?: string;
    /** What says that the machine must not be stopped; each of them that is there counts. */
    readonly busy?: { readonly file?: string; readonly input?: string; readonly tag?: string };
    /** The first root that is trusted; without it the one that the account's policy names. */
    readonly root?: string;
    /** A download goes at most this fast. */
    readonly rateBytesPerSecond?: number;
  };
  readonly led?: { readonly dir: string; readonly green: string; readonly red: string };
  readonly board: { readonly switchDir: string; readonly orderDir: string; readonly bootIdFile: string };
  /** There is a console on a serial port only where this is there. */
  readonly console?: ConsoleConfig;
  readonly log: { readonly level: LogLevel };
};

/** The serial port of a console: 8 data bits, no parity, 1 stop bit; and who is let in there. */
export type ConsoleConfig = {
  readonly port: string;
  readonly baud: number;
  readonly flow: 'xonxoff' | 'none';
  readonly hangup: 'carrier' | 'none';
  readonly idleMs: Millis;
  readonly banner: string;
  readonly presenceMs: Millis;
  readonly buttonFile?: string;
};

/** Where receivers of satellites are: on a serial port, or behind a gpsd at `host:port`; one of the two at least. */
export type GnssConfig = {
  readonly serial?: { readonly port: string; readonly baud: number };
  readonly gpsd?: string;
};

/** Where the medium of a slot is found: at a connector of the board, as a directory, or as an image file that comes and goes. */
export type SlotConfig = { readonly path: string } | { readonly directory: string } | { readonly image: string };
