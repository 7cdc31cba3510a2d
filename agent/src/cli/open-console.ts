import type { ClockPort, Code, LogPort } from '@ewon-agent/contracts';
import { openSerialConsole, type SerialConsole } from '../adapters/serial-console.ts';
import type { AgentConfig, ConsoleConfig } from '../config/schema.ts';
import { startGate } from '../shell/console-gate.ts';
import type { Presence } from '../shell/console-gate-presence.ts';
import { type ConsolePort, startConsolePort } from '../shell/console-port.ts';
import { AGENT_VERSION } from '../version.ts';
import { askAgent } from './console/asks.ts';
import { openGate } from './open-gate.ts';

/** What of the agent a console on a serial port needs. */
export type ConsoleSurroundings = {
  readonly clock: ClockPort;
  readonly log: LogPort;
  readonly report: (code: Code, detail: string) => void;
  readonly presence: Presence;
};

/**
 * Offers the console on a serial port. It asks the agent that it runs in over the agent's own socket, as every other console.
 * @param config as it is at the time: some of it can be set here
 */
export function openConsole(
  config: () => AgentConfig,
  console: ConsoleConfig,
  { clock, log, report, presence }: ConsoleSurroundings,
): ConsolePort {
  const { port: path, baud, flow, hangup } = console;
  let serial: SerialConsole | undefined;
  const isWriting = () => serial?.isTaken() ?? false;
  // one for all sessions: failures are counted in it
  const gate = openGate({ stateDir: config().stateDir, console, clock, log, report, presence, isWriting });
  return startConsolePort({
    openPort(listener) {
      serial = openSerialConsole(clock, { path, baud, flow, hangup }, listener);
      return serial;
    },
    open: (parts) => startGate({ ...parts, gate }),
    ask: (order, asking) => askAgent(config(), order, asking),
    greeting: `ewon-agent ${AGENT_VERSION}`,
    clock,
    log,
  });
}
