import type { ClockPort, LogPort } from '@ewon-agent/contracts';
import { openSerialConsole } from '../adapters/serial-console.ts';
import type { AgentConfig, ConsoleConfig } from '../config/schema.ts';
import { type ConsolePort, startConsolePort } from '../shell/console-port.ts';
import { AGENT_VERSION } from '../version.ts';
import { askAgent } from './console/asks.ts';

/** Offers the console on a serial port. It asks the agent that it runs in over the agent's own socket, as every other console. */
export function openConsole(
  config: AgentConfig,
  { port: path, baud, flow, hangup }: ConsoleConfig,
  { clock, log }: { readonly clock: ClockPort; readonly log: LogPort },
): ConsolePort {
  return startConsolePort({
    openPort: (listener) => openSerialConsole(clock, { path, baud, flow, hangup }, listener),
    ask: (order, asking) => askAgent(config, order, asking),
    greeting: `ewon-agent ${AGENT_VERSION}. "?" says what can be typed, "exit" leaves.`,
    clock,
    log,
  });
}
