import {
  type Code,
  err,
  type Fault,
  fingerprintOf,
  MINUTE_MS,
  type Millis,
  ok,
  type Ports,
  publicKeyOf,
  type Result,
  type SlotId,
} from '@ewon-agent/contracts';
import type { CertificateFacts } from './core/answers.ts';
import type { CardPolicy } from './core/card-offer.ts';
import { documentOf, type Remembered, readDocument } from './core/document.ts';
import type { LocationSwitch } from './core/location.ts';
import { type LocationStatus, locationHead, locationStatus } from './core/location-report.ts';
import type { Device, SavedRequest, WizardGiven } from './core/model.ts';
import { policyIn } from './core/orders.ts';
import type { PatchStatus } from './core/patch-report.ts';
import { ALL_ON, appliedPolicy, type Decision, decide, type LocalSwitches } from './core/policy.ts';
import { type PolicyStatus, policyStatusOf } from './core/policy-status.ts';
import { type Registration, whyOfferIsRefused } from './core/registration.ts';
import { type AgentStatus, EVENTS_SHOWN, statusOf } from './core/status.ts';
import type { Drilled } from './core/wan-drill.ts';
import { createAccountSession } from './shell/account-session.ts';
import { createCommandRunner } from './shell/command-runner.ts';
import { createEventLog } from './shell/event-log.ts';
import { createLinkSession, healthFacts, type SelfFacts } from './shell/link-session.ts';
import { createLoader } from './shell/loader.ts';
import type { LocationSources, LocationWatch } from './shell/location.ts';
import { createMarker } from './shell/marker.ts';
import { createOutbox } from './shell/outbox.ts';
import type { OutboxCounts } from './shell/outbox-drops.ts';
import type { PatchSources } from './shell/patch.ts';
import { createPatchLife } from './shell/patch-life.ts';
import { createPerformer } from './shell/performer.ts';
import { createRegistrar } from './shell/registrar.ts';
import { createRunner, type RunnerStep } from './shell/runner.ts';
import { startTelemetry, type TelemetryOptions } from './shell/telemetry.ts';
import { createTidy } from './shell/tidy.ts';
import type { WanSources, WanStatus, WanTarget, WanWatch } from './shell/wan.ts';
import { watchUplink } from './shell/watched-uplink.ts';
import { createWizard, type WizardDone } from './shell/wizard.ts';

/** All that the wiring needs beside the ports. Keys are made and kept by an adapter; see adapters/device-key-file.ts. */
export type AgentParts = {
  readonly ports: Ports;
  readonly device: Device;
  /** 64 bytes as tweetnacl makes them. */
  readonly secretKey: Uint8Array;
  readonly privateKeyPem: string;
  readonly policy: CardPolicy;
  /** Slots whose cards are not read; none unless told. */
  readonly slotsOff?: ReadonlySet<SlotId>;
  /** Tags are told only where this is set and the Ewon can be asked for them. */
  readonly telemetry?: TelemetryOptions;
  /** The way to the account is watched only where this is set. */
  readonly wan?: WanSources;
  /** This Ewon is located only where this is set, and as long as that is allowed. */
  readonly location?: LocationSources;
  /** Patches are looked for and installed only where this is set, and as long as that is allowed. */
  readonly patch?: PatchSources;
  /** What the configuration lets the account do; all of it unless told. */
  readonly switches?: LocalSwitches;
  /** What switches at the board say, asked each time it counts; nothing is off unless told. */
  readonly boardSwitches?: () => LocalSwitches;
  /** What support needs to see, beside the status. */
  readonly diagnose: (status: AgentStatus) => object;
  /** What is to be told first of all. */
  readonly told?: readonly Pick<Fault, 'code' | 'detail'>[];
  readonly self: Omit<SelfFacts, 'bootCount'>;
  readonly macs: () => readonly string[];
  readonly readCertificate: (pem: string) => CertificateFacts | undefined;
  /** Called each time that this Ewon was announced to its account: all of it works, up to there. */
  readonly online?: () => void;
  /** Gives back memory that is not used; Node does it now and then by itself. */
  readonly collectGarbage?: () => void;
  readonly observe?: (step: RunnerStep) => Promise<void> | void;
};

/** The running agent, as the command line and the tests hold it. */
export type Agent = {
  status(): AgentStatus;
  /** What is allowed, and who decided. */
  policy(): PolicyStatus;
  /** How the way to the account stands; undefined where it is not watched. */
  wan(): WanStatus | undefined;
  /** Where the account was told that this Ewon is, and how; undefined where it is not located. */
  location(): LocationStatus | undefined;
  /** How patches stand; undefined where none were ever looked for. */
  patch(): PatchStatus | undefined;
  /** What the outbox has taken and written. */
  health(): ReturnType<typeof healthFacts>;
  /** Looks for patches now, also over a way that is paid by volume. Codes: TUF_NO_ROOT, PATCH_OFF. */
  lookForPatches(): Result<void>;
  /** A person says yes to the patch that waits. Codes: PATCH_NONE_WAITING. */
  confirmPatch(): Result<void>;
  /** Installs what waits now: a person at the device wants it. Codes: PATCH_OFF, PATCH_NONE_WAITING, and what it still waits for. */
  installPatch(): Result<void>;
  /** Puts the patch that waits off. Codes: PATCH_NONE_WAITING, PATCH_DEFER_SPENT. */
  deferPatch(hours: number): Result<void>;
  /** Restarts the board. Codes: REBOOT_REFUSED, REBOOT_UNAVAILABLE. */
  reboot(): Promise<Result<void>>;
  /** A switch at the device may have changed. */
  decide(): void;
  /** Keeps and tells what somebody may want to see in the log. */
  report(code: Code, detail: string): void;
  /** Proves the way over each link. Codes: WAN_NOT_WATCHED, NOT_LINKED, WAN_BUDGET_SPENT. */
  drillWan(): Promise<Result<readonly Drilled[]>>;
  /** Unlinks this Ewon, here and at the account; the order is saved when this resolves. */
  forget(): Promise<void>;
  /** Asks an account with what a card would have held; saved when this resolves. Codes: REGISTER_LINKED, CARD_ALREADY_PENDING. */
  register(request: SavedRequest): Promise<Result<void>>;
  /** Has a user of the account add this Ewon, and waits for what comes of it. Codes: WIZARD_LINKED, those of the account and of the way to it. */
  wizard(given: WizardGiven): Promise<Result<WizardDone>>;
  /** Unlinks this Ewon, and then asks another account; the order is saved when this resolves. */
  move(request: SavedRequest): Promise<void>;
  settled(): Promise<void>;
  /** Says good-bye to the broker and stops. What is saved stays. */
  stop(): Promise<void>;
};

/** Joins ports and machines, starts them, and goes on from what was saved. */
export async function startAgent(parts: AgentParts): Promise<Agent> {
  let wan: WanWatch | undefined;
  let location: LocationWatch | undefined;
  const uplink = parts.wan && watchUplink(parts.ports.uplink, () => wan);
  const ports: Ports = uplink ? { ...parts.ports, uplink } : parts.ports;
  const { remembered, fault } = recall(ports);
  const fingerprint = fingerprintOf(publicKeyOf(parts.device.jwk) ?? new Uint8Array());
  const self: SelfFacts = { ...parts.self, bootCount: remembered.bootCount };
  const outbox = createOutbox({
    port: ports.outbox,
    clock: ports.clock,
    dropped: (counts) => events.report('OUTBOX_DROPPED', droppedText(counts)),
    damaged: ({ damage, salvaged }) => {
      if (damage) events.report(damage.code, `${damage.detail}; ${salvaged} messages were taken over`);
    },
  });
  const events = createEventLog({ ports, outbox });
  const tidy = createTidy(ports.clock, parts.collectGarbage ?? (() => {}));
  const link = createLinkSession({
    ports,
    self,
    outbox,
    privateKeyPem: parts.privateKeyPem,
    readCertificate: parts.readCertificate,
    post: (event) => runner.post(event),
    policy: () => appliedPolicy(policyIn(runner.state().orders), { device: switches, board: boardSwitches() }),
    announced() {
      wan?.announced();
      location?.announced();
      patch?.announced();
      tidy.worked();
      if (!fault) parts.online?.(); // who had to begin anew has not shown that it can go on
    },
  });
  const switches = parts.switches ?? ALL_ON;
  const boardSwitches = parts.boardSwitches ?? (() => ALL_ON);
  const commands = createCommandRunner({
    ports,
    status: () => status(),
    diagnose: () => parts.diagnose(status()),
    boardSwitches,
    releasePatch: (path) => patch?.release(path) ?? err('TUF_NO_ROOT', path),
    post: (event) => runner.post(event),
  });
  const session = createAccountSession(ports.account, parts.secretKey);
  const performer = createPerformer({
    ports,
    link,
    commands,
    events,
    loader: createLoader(ports, (event) => runner.post(event)),
    marker: createMarker(ports, fingerprint),
    post: (event) => runner.post(event),
    registrar: (signalOf) =>
      createRegistrar({ ...parts, firmware: ports.firmware, session, agentVersion: self.agentVersion }, signalOf),
  });
  const runner = createRunner({
    context: {
      device: parts.device,
      policy: parts.policy,
      slotsOff: parts.slotsOff ?? new Set(),
      takesFiles: ports.firmware.take !== undefined,
      switches,
    },
    remembered,
    save: (document) => ports.store.save(document),
    stepped() {
      link.policyDecided(policyIn(runner.state().orders)?.version);
      location?.decide();
      patch?.decide();
      wan?.decided();
      wizard.decided();
    },
    perform: (effect) => performer.perform(effect),
    log: ports.log,
    clock: ports.clock,
    ...(parts.observe ? { observe: parts.observe } : {}),
  });

  const wizard = createWizard({
    registration: () => runner.state().registration,
    post: (event) => runner.post(event),
    settled: () => runner.settled(),
  });

  const patch =
    parts.patch &&
    createPatchLife({
      ...parts.patch,
      ...{ clock: ports.clock, log: ports.log, tell: link.tellPatch, boardSwitches },
      report: (code, detail) => events.report(code, detail),
      known: () => ({ ...runner.state(), device: switches, link: wan?.status().link }),
    });

  if (fault) events.report(fault.code, fault.detail);
  for (const { code, detail } of parts.told ?? []) events.report(code, detail);
  events.report('AGENT_STARTED', `version ${self.agentVersion}, start ${remembered.bootCount}`);
  runner.post({ on: 'Started' });
  runner.post({ on: 'BoardStarted', bootId: ports.board.bootId, atMs: ports.clock.now() });
  const watching = await ports.slots.watch((change) => runner.post(change));

  const { tags } = ports.firmware;
  const telemetry =
    parts.telemetry && tags
      ? startTelemetry({
          tags,
          ports,
          outbox,
          options: parts.telemetry,
          silent: ({ code, detail }) => events.report(code, detail),
          isLinked: () => runner.state().registration.at === 'registered',
        })
      : undefined;
  if (parts.wan && uplink) {
    const { startWan } = await import('./shell/wan.ts'); // most agents never need it
    wan = startWan({
      ...parts.wan,
      ...{ clock: ports.clock, log: ports.log, tell: link.tellWan, dropSession: uplink.drop },
      report: (code, detail) => events.report(code, detail),
      target: () => wanTargetOf(runner.state().registration),
      mayBeLocated: () => decideLocation(switches.geolocation).on,
      linksRead: () => location?.linksRead(),
      hurrySession() {
        // once it is known that the session before has ended
        void runner.settled().then(() => runner.post({ on: 'WayFound' }));
      },
    });
  }
  if (parts.location) {
    const { startLocation } = await import('./shell/location.ts'); // most agents never need it
    location = startLocation({
      ...parts.location,
      ...{ clock: ports.clock, log: ports.log, tell: link.tellLocation, decision: mayBeLocated },
      report: (code, detail) => events.report(code, detail),
      links: () => wan?.status().links ?? [],
    });
  }
  function decideLocation(geolocation: boolean): Decision {
    const { orders } = runner.state();
    return decide('geolocation', {
      policy: policyIn(orders),
      device: { ...switches, geolocation },
      board: boardSwitches(),
    });
  }
  function mayBeLocated(): LocationSwitch {
    const { registration } = runner.state();
    const decision = decideLocation(switches.geolocation && parts.location?.isConfigured === true);
    return registration.at === 'registered' ? { ...decision, deviceId: registration.link.deviceId } : decision;
  }
  function policy(): PolicyStatus {
    const { registration, orders } = runner.state();
    const atMs = ports.clock.now();
    const facts = { device: switches, board: boardSwitches(), atMs, offsetMs: localAheadMs(atMs) };
    return policyStatusOf(registration, orders, facts);
  }
  function whereabouts(): LocationStatus | undefined {
    if (!parts.location?.isConfigured || !location) return undefined;
    return locationStatus(location.state(), parts.location.rules, policy().decisions.geolocation);
  }
  function status(): AgentStatus {
    const known = whereabouts();
    return statusOf(runner.state(), {
      agentVersion: self.agentVersion,
      fingerprint,
      slots: ports.slots.slots,
      bootCount: remembered.bootCount,
      location: known && locationHead(known),
      events: events.recent(EVENTS_SHOWN),
    });
  }

  return {
    status,
    policy,
    location: whereabouts,
    patch: () => patch?.status(policy().decisions.remoteManagement),
    lookForPatches: () => patch?.look() ?? err('TUF_NO_ROOT'),
    confirmPatch: () => patch?.confirm() ?? err('PATCH_NONE_WAITING'),
    installPatch: () => patch?.install() ?? err('PATCH_NONE_WAITING'),
    deferPatch: (hours) => patch?.defer(hours) ?? err('PATCH_NONE_WAITING'),
    async reboot() {
      // half of an installation is worse than one that was not begun
      const state = patch?.status(policy().decisions.remoteManagement)?.state;
      return state === 'installing' ? err('REBOOT_REFUSED') : ports.board.reboot();
    },
    decide() {
      location?.decide();
      patch?.decide();
      wan?.decided();
    },
    report: (code, detail) => events.report(code, detail),
    health: () => healthFacts(outbox.facts()),
    wan: () => wan?.status(),
    drillWan: async () => (wan ? wan.drill() : err('WAN_NOT_WATCHED')),
    async forget() {
      runner.post({ on: 'ForgetOrdered' });
      await runner.settled();
    },
    async register(request) {
      await runner.settled();
      const fault = whyOfferIsRefused(runner.state().registration, request);
      if (fault) return { ok: false, fault };
      runner.post({ on: 'CardOffered', request });
      await runner.settled();
      return ok(undefined);
    },
    wizard: (given) => wizard.run(given),
    async move(request) {
      runner.post({ on: 'MoveOrdered', request });
      await runner.settled();
    },
    settled: () => runner.settled(),
    async stop() {
      await watching.stop();
      await telemetry?.stop();
      wan?.stop();
      location?.stop();
      await patch?.stop();
      tidy.stop();
      runner.stop();
      await performer.stop();
      outbox.close();
      ports.account.close();
    },
  };
}

/** Before an account is joined there is nothing to prove the way to. */
function wanTargetOf(registration: Registration): WanTarget | undefined {
  if (registration.at !== 'registered') return undefined;
  const { directoryUrl: url, ca } = registration.link.account;
  return { url, ca };
}

/** What the local time of the board is ahead of UTC. */
function localAheadMs(atMs: Millis): Millis {
  return -new Date(atMs).getTimezoneOffset() * MINUTE_MS;
}

/** Reads what was saved and counts this start; a damaged store is told about and started afresh. */
function recall({ store }: Ports): { remembered: Remembered; fault?: Fault } {
  const loaded = store.load();
  const read = loaded.ok ? readDocument(loaded.value) : loaded;
  const last: Remembered = read.ok ? read.value : { bootCount: 0, registration: { at: 'unregistered' } };
  const remembered = { ...last, bootCount: last.bootCount + 1 };
  const saved = store.save(documentOf(remembered));
  const fault = read.ok ? (saved.ok ? undefined : saved.fault) : read.fault;
  return fault ? { remembered, fault } : { remembered };
}

function droppedText({ alarm, event, telemetry }: OutboxCounts): string {
  return `${telemetry} of telemetry, ${event} events, ${alarm} alarms`;
}
