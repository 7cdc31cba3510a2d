import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ClockPort,
  err,
  type FirmwarePort,
  type LogPort,
  ok,
  parseSerial,
  type Result,
  SECOND_MS,
} from '@ewon-agent/contracts';
import { createEwonHttp } from '@ewon-agent/firmware-bridge/adapters/ewon-http';
import { createHttpsAccountLink } from '../adapters/account-https.ts';
import type { ProxyOf } from '../adapters/account-way.ts';
import { createLinuxBoard } from '../adapters/board-linux.ts';
import { readCertificate } from '../adapters/certificate-node.ts';
import { createSystemClock } from '../adapters/clock-system.ts';
import { collectGarbage } from '../adapters/collect-garbage.ts';
import { serveControl } from '../adapters/control-socket.ts';
import { type DeviceKey, openDeviceKey } from '../adapters/device-key-file.ts';
import { createConfiguredFirmware } from '../adapters/firmware-config.ts';
import { createSysfsLed } from '../adapters/led-sysfs.ts';
import { createJsonLog } from '../adapters/log-json.ts';
import { serviceManager } from '../adapters/notify-systemd.ts';
import { createNodeRandom } from '../adapters/random-node.ts';
import { createUplinkMqtt } from '../adapters/uplink-mqtt.ts';
import { KEPT_FILES, versionPlaces } from '../adapters/version-places.ts';
import type { AgentConfig } from '../config/schema.ts';
import { planProxy, proxyTo } from '../core/proxy.ts';
import { statusLine } from '../core/status.ts';
import { createConsoleFeed } from '../shell/console-feed.ts';
import type { Presence } from '../shell/console-gate-presence.ts';
import type { ConsolePort } from '../shell/console-port.ts';
import { createLedTest } from '../shell/led-test.ts';
import { startServiceLife } from '../shell/service-life.ts';
import { AGENT_VERSION } from '../version.ts';
import { type Agent, type AgentParts, startAgent } from '../wiring.ts';
import { answerOrders, streamOrders } from './answer-orders.ts';
import { boardSwitches, deviceSwitches } from './board-switches.ts';
import { cardPolicyOf } from './card-policy.ts';
import { tagsFit } from './config-fit.ts';
import { diagnosis } from './diag.ts';
import { followSettings } from './follow-settings.ts';
import type { ConsoleSurroundings } from './open-console.ts';
import { openPatch } from './open-patch.ts';
import { openSlots, slotsOff } from './open-slots.ts';
import { openState } from './open-state.ts';
import { controlPath, locationPath } from './places.ts';
import { createUsageMeter, macAddresses } from './process-usage.ts';

/** "status" or "forget" asked just now may have the state open; a slow board needs a moment to be through with it. */
const COMMAND_MS = 3 * SECOND_MS;

/** `restart`: ends this process where somebody starts it again. `told`: what is to be told first of all. */
export type RunOptions = { readonly restart?: () => void; readonly told?: AgentParts['told'] };

/**
 * Starts the agent on a real board: picks an adapter for each port.
 * Codes: CONFIG_INVALID, AGENT_RUNNING_ALREADY, STATE_UNWRITABLE, DEVICE_KEY_BAD.
 */
export async function runAgent(
  config: AgentConfig,
  { restart, told }: RunOptions = {},
): Promise<Result<{ agent: Agent; stop(): Promise<void> }>> {
  const { stateDir } = config;
  const policy = cardPolicyOf(config);
  const firmware = firmwareOf(config);
  const proxies = planProxy(config.proxy, process.env);
  if (!policy.ok) return policy;
  if (!firmware.ok) return firmware;
  if (!proxies.ok) return proxies;
  const proxyOf: ProxyOf = (host, port) => proxyTo(proxies.value, host, port);
  let live = config; // what is set at the console changes some of it
  let consolePort: ConsolePort | undefined;
  const meter = createUsageMeter();
  const clock = createSystemClock(meter.noteLag);
  const written = createJsonLog(
    () => live.log.level,
    (line) => process.stderr.write(line),
  );
  const { log, feed } = createConsoleFeed(
    {
      write(...fact) {
        written.write(...fact);
        consolePort?.logged(...fact);
      },
    },
    clock,
  );
  const state = openState(stateDir, COMMAND_MS);
  if (!state.ok) return state;
  const { store, outbox } = state.value;
  const key = await keyIn(stateDir);
  if (!key.ok) {
    state.value.close();
    return key;
  }
  const presence = await presenceOf(config, clock);
  const board = createLinuxBoard({ bootIdFile: config.board.bootIdFile, orderDir: config.board.orderDir });
  const ledTest = createLedTest(config.led ? createSysfsLed(config.led, clock) : { show: async () => {} }, clock);
  const agent = await startAgent({
    ports: {
      clock,
      random: createNodeRandom(),
      slots: presence?.watched(openSlots(config, clock)) ?? openSlots(config, clock),
      board,
      led: ledTest.led,
      firmware: firmware.value,
      store,
      outbox,
      account: createHttpsAccountLink(proxyOf),
      uplink: createUplinkMqtt(proxyOf),
      log,
    },
    ...key.value,
    policy: policy.value,
    slotsOff: slotsOff(config),
    ...(config.telemetry ? { telemetry: config.telemetry } : {}),
    ...(config.wan ? { wan: await wanOf(config, config.wan, { firmware: firmware.value, clock, proxyOf, log }) } : {}),
    ...(await locationOf(config, clock)),
    patch: openPatch(config, { clock, firmware: firmware.value, proxyOf }),
    switches: deviceSwitches(() => live),
    ...(told && { told }),
    boardSwitches: () => boardSwitches(config),
    diagnose: (status) => diagnosis(live, { running: true, ...status }),
    self: { agentVersion: AGENT_VERSION, bootId: randomUUID(), usage: meter.usage },
    macs: macAddresses,
    collectGarbage,
    online: () => void sayOnline(log),
    readCertificate,
  });
  const { settings, decided } = followSettings(config, {
    ...{ agent, clock, restart },
    takeOver(taken) {
      live = taken;
    },
  });
  const control = await serveControl(
    controlPath(stateDir),
    answerOrders(agent, { decided, settingsChanged: settings.changed }),
    streamOrders(feed, ledTest),
  ).then(ok, (cause) =>
    err(
      'STATE_UNWRITABLE',
      `control.sock, ${cause.code}: its path has ${controlPath(stateDir).length} characters, Linux takes 107`,
      cause,
    ),
  );
  if (!control.ok) {
    settings.stop();
    await agent.stop();
    state.value.close();
    return control;
  }
  settings.cameUp();
  consolePort = await consoleOf(() => live, { clock, log, report: agent.report, presence });
  const service = await startServiceLife({
    ...serviceManager(process.env, process.pid),
    settled: agent.settled,
    status: () => statusLine(agent.status()),
    clock,
    log,
  });
  return ok({
    agent,
    async stop() {
      settings.stop();
      await service.stop();
      await consolePort?.close(); // it asks over the control socket
      await control.value.close();
      await agent.stop();
      state.value.close();
    },
  });
}

/** A version on trial stays only if it was online; where none was ever installed, there is nobody to tell. */
async function sayOnline(log: LogPort): Promise<void> {
  const places = versionPlaces();
  if (!existsSync(join(places.versionsDir, KEPT_FILES.state))) return;
  const { tellOnline } = await import('../adapters/agent-orders.ts');
  const told = tellOnline(places, AGENT_VERSION);
  if (!told.ok)
    log.write('warn', 'patch', 'versions cannot be read', { code: told.fault.code, detail: told.fault.detail });
}

function keyIn(stateDir: string): Promise<Result<DeviceKey>> {
  return openDeviceKey(stateDir).then(ok, (cause) => err('DEVICE_KEY_BAD', String(cause.message), cause));
}

async function wanOf(
  config: AgentConfig,
  wan: NonNullable<AgentConfig['wan']>,
  parts: {
    readonly firmware: FirmwarePort;
    readonly clock: ClockPort;
    readonly proxyOf: ProxyOf;
    readonly log: LogPort;
  },
) {
  const { openWan } = await import('./open-wan.ts'); // most agents never need it
  return openWan({ config, wan, ...parts });
}

/** Where it is not configured any more, what was told before is still to be taken back. */
async function locationOf(config: AgentConfig, clock: ClockPort): Promise<Pick<AgentParts, 'location'>> {
  if (!config.location && !existsSync(locationPath(config.stateDir))) return {};
  const { openLocation } = await import('./open-location.ts'); // most agents never need it
  return { location: openLocation(config, clock) };
}

/** Made before the slots are watched: what is put into one shows that somebody is at the device. */
async function presenceOf({ console }: AgentConfig, clock: ClockPort): Promise<Presence | undefined> {
  if (!console) return undefined;
  const { openPresence } = await import('./open-gate.ts');
  return openPresence(console, clock);
}

async function consoleOf(
  config: () => AgentConfig,
  { presence, ...parts }: Omit<ConsoleSurroundings, 'presence'> & { readonly presence: Presence | undefined },
): Promise<ConsolePort | undefined> {
  const { console } = config();
  if (!console || !presence) return undefined;
  const { openConsole } = await import('./open-console.ts'); // most agents never need it
  return openConsole(config, console, { ...parts, presence });
}

function firmwareOf(config: AgentConfig): Result<FirmwarePort> {
  const { firmware } = config;
  if ('url' in firmware) return ok(createEwonHttp(firmware));
  const fits = tagsFit(config);
  if (!fits.ok) return fits;
  const serial = parseSerial(firmware.serial);
  return serial.ok
    ? ok(createConfiguredFirmware({ serial: serial.value, model: firmware.model, firmware: firmware.version }))
    : serial;
}
