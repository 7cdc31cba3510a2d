import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BoardProcess, startBoardProcess } from '@ewon-agent/board-sim/process/board-process';

const AGENT = join(import.meta.dirname, '../../agent/bin/ewon-agent.js');

/** A simulated board that runs the real agent by its ordinary adapters. */
export type BoardWithAgent = { readonly board: BoardProcess; readonly configFile: string; readonly stateDir: string };

export type BoardWithAgentOptions = {
  readonly dir: string;
  readonly serial?: string;
  /** For cards without T2M.json. */
  readonly account?: { readonly url: string; readonly caFile: string };
  /** How the agent is started; `node agent/bin/ewon-agent.js` unless told. */
  readonly agentCommand?: readonly string[];
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
};

/** Starts the board, writes the agent's configuration for it, and switches the power on. */
export async function startBoardWithAgent(options: BoardWithAgentOptions): Promise<BoardWithAgent> {
  const { dir, serial, account, logLevel = 'info' } = options;
  mkdirSync(dir, { recursive: true });
  const board = await startBoardProcess({ dir, ...(serial ? { serial } : {}) });
  const { slotsDir, ledsDir, ewon } = board.addresses;
  const stateDir = join(dir, 'agent');
  const configFile = join(dir, 'agent.json');
  const config = {
    stateDir,
    slots: { sd0: { image: join(slotsDir, 'sd0.img') }, usb1: { image: join(slotsDir, 'usb1.img') } },
    ...(account ? { account } : {}),
    firmware: ewon,
    led: { dir: ledsDir },
    log: { level: logLevel },
  };
  writeFileSync(configFile, JSON.stringify(config, null, 2));
  const command = options.agentCommand ?? [process.execPath, AGENT];
  await board.program.start([...command, 'run', '--config', configFile]);
  return { board, configFile, stateDir };
}
