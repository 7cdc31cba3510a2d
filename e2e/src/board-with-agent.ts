import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askControl } from '@ewon-agent/agent/adapters/control-socket';
import { controlPath } from '@ewon-agent/agent/cli/places';
import type { AgentStatus } from '@ewon-agent/agent/core/status';
import {
  type BoardProcess,
  type BoardProcessOptions,
  startBoardProcess,
} from '@ewon-agent/board-sim/process/board-process';
import { eventually } from '@ewon-agent/contracts/suites/assertions';

const AGENT = join(import.meta.dirname, '../../agent/bin/ewon-agent.js');

/** A simulated board that runs the real agent by its ordinary adapters. */
export type BoardWithAgent = {
  readonly board: BoardProcess;
  readonly configFile: string;
  readonly stateDir: string;
  /** What `ewon-agent status --json` prints, asked at the same socket. */
  status(): Promise<AgentStatus>;
  /** Waits for a status; the error names the last one that there was. */
  statusUntil(holds: (status: AgentStatus) => boolean, what: string, timeoutMs?: number): Promise<AgentStatus>;
};

export type BoardWithAgentOptions = {
  readonly dir: string;
  readonly serial?: string;
  /** For cards without T2M.json. */
  readonly account?: { readonly url: string; readonly caFile: string };
  readonly proxy?: { readonly url: string; readonly user?: string; readonly passwordFile?: string };
  /** How the agent is started; `node agent/bin/ewon-agent.js` unless told. */
  readonly agentCommand?: readonly string[];
  /** A wall clock of its own, which can jump; the agent sees this machine's otherwise. */
  readonly clock?: BoardProcessOptions['clock'];
  /** Further slots of the configuration, beside sd0 and usb1 of the board. */
  readonly slots?: Readonly<Record<string, { readonly directory: string }>>;
  /** What of the Ewon's tags is told; nothing unless given. */
  readonly telemetry?: { readonly everyMs?: number; readonly batchMs?: number; readonly deadband?: number };
  /** Further members of the configuration, in place of those that it has otherwise. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
};

/** Starts the board, writes the agent's configuration for it, and switches the power on. */
export async function startBoardWithAgent(options: BoardWithAgentOptions): Promise<BoardWithAgent> {
  const { dir, serial, account, clock, logLevel = 'info' } = options;
  mkdirSync(dir, { recursive: true });
  const board = await startBoardProcess({ dir, ...(serial ? { serial } : {}), ...(clock ? { clock } : {}) });
  const { slotsDir, ledsDir, bootIdFile, orderDir, ewon } = board.addresses;
  const stateDir = join(dir, 'agent');
  const configFile = join(dir, 'agent.json');
  const config = {
    stateDir,
    slots: { sd0: { image: join(slotsDir, 'sd0.img') }, usb1: { image: join(slotsDir, 'usb1.img') }, ...options.slots },
    ...(account ? { account } : {}),
    ...(options.proxy ? { proxy: options.proxy } : {}),
    firmware: ewon,
    led: { dir: ledsDir },
    ...(options.telemetry ? { telemetry: options.telemetry } : {}),
    board: { bootIdFile, orderDir, switchDir: dir },
    log: { level: logLevel },
    ...options.config,
  };
  writeFileSync(configFile, JSON.stringify(config, null, 2));
  const command = options.agentCommand ?? [process.execPath, AGENT];
  await board.program.start([...command, 'run', '--config', configFile]);
  return { board, configFile, stateDir, ...statusAt(stateDir) };
}

/** Asks the agent that runs on a state directory. */
export function statusAt(stateDir: string): Pick<BoardWithAgent, 'status' | 'statusUntil'> {
  let last: AgentStatus | undefined;
  const status = async () => {
    const asked = await askControl(controlPath(stateDir), 'status');
    if (!asked.ok) throw new Error(`${asked.fault.code}: ${asked.fault.detail}`);
    last = asked.value as AgentStatus;
    return last;
  };
  return {
    status,
    async statusUntil(holds, what, timeoutMs = 60_000) {
      const probe = async () => {
        const now = await status();
        return holds(now) ? now : undefined;
      };
      try {
        const found = await eventually(probe, { what, timeoutMs });
        if (!found) throw new Error('this is a bug: no status');
        return found;
      } catch (cause) {
        const { registration, uplink, slots, led } = last ?? {};
        throw new Error(`never ${what}: ${JSON.stringify({ registration, uplink, slots, led })}`, { cause });
      }
    },
  };
}
