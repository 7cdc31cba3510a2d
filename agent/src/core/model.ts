import type {
  AccountId,
  CardEvidence,
  Code,
  CommandId,
  DeviceId,
  Ed25519Jwk,
  Fault,
  FlattenedJws,
  Grant,
  GrkId,
  Millis,
  SlotId,
  Timestamp,
} from '@ewon-agent/contracts';

// The words of the core: what is remembered, and what the three machines share.

/** What identifies this device for its whole life; made at the first start. */
export type Device = { readonly jwk: Ed25519Jwk; readonly csr: string };

/** An account as a card or the configuration names it. `directoryUrl` ends in `/device/v1/directory`; `ca` is PEM. */
export type AccountAddress = { readonly directoryUrl: string; readonly ca: string };

/** A request as it is saved before it is sent. It holds the binding, never the GRK. */
export type SavedRequest = {
  readonly requestId: string;
  readonly account: AccountAddress;
  readonly grkId: GrkId;
  readonly grkBinding: FlattenedJws;
  readonly note: string;
  readonly evidence: CardEvidence;
};

/** What a person gave the wizard, as it is saved before it is sent; the password is not. */
export type SavedWizard = {
  readonly requestId: string;
  readonly account: AccountAddress;
  /** Name of the account, the user in it, and the name that the Ewon is to have. */
  readonly wizard: { readonly account: string; readonly user: string; readonly name: string };
};

/** What shows that it is the user; never saved. `code`: of the second factor. */
export type WizardSecret = { readonly password: string; readonly code?: string };
/** All that a person gave, on its way to the account. */
export type WizardGiven = SavedWizard & { readonly secret: WizardSecret };

/** Where the account ordered this Ewon to go, as it is saved before the other account is asked. */
export type SavedMove = {
  readonly requestId: string;
  /** The import at that account which expects this Ewon. */
  readonly move: string;
  readonly account: AccountAddress & { readonly id: AccountId; readonly name: string };
  /** `x` of the key that speaks for it. */
  readonly accountKey: string;
  readonly command: CommandId;
  /** The other account is not asked for longer. */
  readonly expiresAt: Timestamp;
};

/** From when to when a certificate is valid, by the clock of the account. */
export type Validity = { readonly notBeforeMs: Millis; readonly notAfterMs: Millis };

/** A certificate that was handed out and not used yet. */
export type NextCertificate = { readonly certificate: string; readonly valid?: Validity };

/** What approval gave us: all that is needed to go online and, later, to say good-bye. */
export type Link = {
  readonly account: AccountAddress & { readonly id: AccountId; readonly name: string };
  /** The registration resource: `kid` of everything we sign towards the account. */
  readonly location: string;
  readonly deviceId: DeviceId;
  readonly name: string;
  readonly pool: string;
  readonly certificate: string;
  /** Absent in what an older release saved. */
  readonly valid?: Validity;
  /** Takes the place of `certificate` once a broker has let us in with it. */
  readonly next?: NextCertificate;
  readonly ca: string;
  readonly accountKeys: Grant['accountKeys'];
  readonly mqtt: Grant['mqtt'];
};

/** What became of the last registration, for the person who asks. */
export type Ending = { readonly code: Code; readonly detail: string; readonly atMs: Millis };

/** What a card asked to be left on it, in a manifest that was judged. */
export type CardWishes = { readonly grkId: GrkId; readonly receipt: boolean; readonly wipe: boolean };

/** How far the wishes of the card in a slot have come. */
export type CardMarks = {
  readonly wishes: CardWishes;
  /** The outcome at which something was ordered last: what failed is tried again at the next outcome, not over and over. */
  readonly tried?: Code;
  /** The outcome of the newest receipt on the card. */
  readonly receipt?: Code;
  readonly wiped?: true;
  /** The card is being written: it should not be pulled now. */
  readonly writing?: true;
  /** What came of the last order, where that was not what was wished. */
  readonly fault?: Fault;
};

/** A medium in a slot, as far as it was judged. */
export type SlotState =
  | { readonly at: 'empty' }
  /** `loading`: files of it are on their way to the Ewon's firmware. */
  | { readonly at: 'reading'; readonly insertion: string; readonly loading?: true }
  | {
      readonly at: 'settled';
      readonly insertion: string;
      readonly code: Code;
      readonly detail: string;
      readonly marks?: CardMarks;
    };

export type Slots = Readonly<Record<SlotId, SlotState>>;

export type TimerName = 'registration' | 'uplink' | 'health' | 'renewal';
