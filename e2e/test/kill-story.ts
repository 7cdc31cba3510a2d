import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BoardProcess, startBoardProcess } from '@ewon-agent/board-sim/process/board-process';
import { statusAt } from '../src/board-with-agent.ts';

// One board on which one agent after the other plays the main job and is killed once.

const AGENT = join(import.meta.dirname, '../../agent/bin/ewon-agent.js');

/** From where the moment of the kill is counted: the start of the agent (the card is in already), the insertion, the approval. */
export const STAGES = ['started', 'inserted', 'approved'] as const;
export type Stage = (typeof STAGES)[number];
/** The kill comes this fraction of the way to the end of the story. */
export type Kill = { readonly stage: Stage; readonly fraction: number };

/** How long each stretch of the story takes on this machine. */
export type Stretches = Readonly<Record<Stage, number>>;

export type Lane = {
  readonly board: BoardProcess;
  /** Loads an agent without any memory for an Ewon with this serial; it starts when the power is on. */
  load(serial: string): Promise<ReturnType<typeof statusAt>>;
  /** Puts the card in, in the lane's only slot. */
  insert(): Promise<void>;
  /** Cuts the power: SIGKILL. @returns how far the agent had said to be */
  kill(): Promise<string>;
  close(): Promise<void>;
};

/** Starts a board for many stories. */
export async function openLane(dir: string, card: string): Promise<Lane> {
  const board = await startBoardProcess({ dir });
  const image = join(board.addresses.slotsDir, 'sd0.img');
  let began = 0;
  return {
    board,
    async load(serial) {
      const at = join(dir, serial);
      mkdirSync(at);
      const config = {
        stateDir: join(at, 'agent'),
        slots: { sd0: { image } },
        firmware: { serial, model: 'Flexy 203', version: '14.6s0' },
        log: { level: 'debug' },
      };
      writeFileSync(join(at, 'agent.json'), JSON.stringify(config));
      began = board.events.all.length;
      await board.program.start([process.execPath, AGENT, 'run', '--config', join(at, 'agent.json')]);
      return statusAt(config.stateDir);
    },
    insert: () => board.slots.sd0.insert(card),
    async kill() {
      await board.power.cut();
      const said = board.events.all.slice(began).flatMap((event) => (event.on === 'output' ? [event.line] : []));
      return said.map(phaseIn).findLast((phase) => phase !== undefined) ?? 'starting';
    },
    close: () => board.stop(),
  };
}

/** What a line of the agent's log says about how far it is; undefined when it says nothing about that. */
function phaseIn(line: string): string | undefined {
  const [, registration, uplink] = /"registration":"(\w+)","uplink":"(\w+)"/.exec(line) ?? [];
  return uplink === 'off' ? registration : uplink;
}
