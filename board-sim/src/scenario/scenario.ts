import type { Code, LedPattern, Millis } from '@ewon-agent/contracts';

// The language of scenarios as types. Names, forms, ranges and defaults stand in scenario.schema.json, the one place
// for them; docs/scenarios.md is written from it.

export type BoardKind = 'sim' | 'qemu' | 'hardware';
export type Tag = 'ci' | 'soak';

/** A scenario as the reader answers it: checked, defaults filled in, one of each `forEach`. */
export type Scenario = {
  readonly name: string;
  readonly shows: string;
  readonly boards: readonly BoardKind[];
  readonly tags: readonly Tag[];
  readonly given: Given;
  readonly throughout: Throughout;
  readonly steps: readonly Step[];
};

/** What there is before the first step. */
export type Given = {
  readonly serial?: string;
  readonly autoRegistration?: 'on' | 'off';
  readonly broker?: 'embedded' | 'mosquitto';
  readonly inserted?: Readonly<Record<string, string>>;
  readonly cards?: Readonly<Record<string, CardSpec>>;
};

/** A card to be made. */
export type CardSpec = {
  readonly key: 'account' | 'second' | 'unknown';
  readonly note?: string;
  readonly manifest: 'signed' | 'absent';
  readonly wishes: readonly ('receipt' | 'wipe')[];
  readonly files?: Readonly<Record<string, FileSpec>>;
  readonly format: 'fat12' | 'fat16' | 'fat32' | 'exfat' | 'none';
  readonly table: 'none' | 'mbr' | 'gpt';
  readonly claimsGb?: number;
  readonly damage: readonly CardDamage[];
  readonly lock: 'open' | 'writeProtected';
  readonly badSectors: readonly number[];
  readonly stallsAtSector?: number;
};

export type CardDamage = 'bootSector' | 'noise' | 'clusterOutside' | 'sizeLie' | 'twin' | 'rootLoop' | 'tableLie';

/** A file in the root of a card. */
export type FileSpec = {
  readonly absent?: true;
  readonly directory?: true;
  readonly text?: string;
  readonly encoding?: 'utf8' | 'utf16le' | 'latin1';
  readonly padTo?: number;
};

/** What holds from the first step to the last. */
export type Throughout = { readonly heartbeatGapMs?: Millis; readonly memoryGrowthKib?: number };

type AtSlot = { readonly slot: string };
type CardAtSlot = AtSlot & { readonly card: string };
type Nothing = Readonly<Record<string, never>>;

/** What a hand can do, and with what. */
export type Actions = {
  readonly insert: CardAtSlot;
  readonly replace: CardAtSlot;
  readonly remove: AtSlot;
  readonly flap: CardAtSlot & { readonly times: number; readonly everyMs: Millis };
  readonly insertAndPull: CardAtSlot & { readonly atRead: number };
  readonly stall: AtSlot;
  readonly resume: AtSlot;
  readonly keyboard: AtSlot;
  readonly powerCut: Nothing;
  readonly powerOn: Nothing;
  readonly reboot: Nothing;
  readonly keepDisk: Nothing;
  readonly restoreDisk: Nothing;
  readonly wan: { readonly is: 'up' | 'down' };
  readonly clock: { readonly jumpMs: Millis };
  readonly freezeAgent: Nothing;
  readonly approve: Nothing;
  readonly reject: Nothing;
  readonly removeEwon: Nothing;
  readonly renewKey: Nothing;
  readonly autoRegistration: { readonly is: 'on' | 'off' };
  readonly forget: Nothing;
  readonly command: { readonly name: string };
  readonly release: Nothing;
};
export type ActionName = keyof Actions;

/** One thing that is done. */
export type Action<Name extends ActionName = ActionName> = {
  [A in Name]: { readonly do: A; readonly with: Actions[A] };
}[Name];

/** What is looked at; everything named must hold at the same time. */
export type Observation = {
  readonly registration?: string;
  readonly lastCode?: Code;
  readonly uplink?: string;
  /** `code` may name several with `|` between. */
  readonly slots?: Readonly<Record<string, { readonly state?: string; readonly code?: string }>>;
  readonly led?: LedPattern;
  readonly starts?: number;
  readonly events?: readonly EventWanted[];
  readonly account?: AccountWanted;
  readonly card?: { readonly card: string; readonly file: string; readonly contains?: string };
};

export type EventWanted = {
  readonly code: Code;
  readonly text?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
};

export type AccountWanted = {
  readonly pending?: number;
  readonly requests?: number;
  readonly ewons?: number;
  readonly online?: number;
  readonly log?: string;
};

export type Step =
  | Action
  | { readonly do: 'wait'; readonly ms: Millis }
  | { readonly do: 'expect'; readonly seen: Observation; readonly withinMs: Millis }
  | { readonly do: 'stays'; readonly seen: Observation; readonly forMs: Millis };
