import { connect } from 'node:net';
import { setTimeout as passed } from 'node:timers/promises';
import { controlPath } from '@ewon-agent/agent/cli/places';
import { type BoardWithAgent, startBoardWithAgent } from '@ewon-agent/e2e/board-with-agent';

/** A serial number for each run; 21 is the product code of a Flexy. */
export function serialOf(run: number): string {
  return `2647-${String(run).padStart(4, '0')}-21`;
}

/** Starts a board with the bundled agent and resolves when it watches its slots. */
export async function startAgentBoard(dir: string, serial: string, bundle: string): Promise<BoardWithAgent> {
  const onBoard = await startBoardWithAgent({ dir, serial, agentCommand: [process.execPath, bundle] });
  await untilWatching(onBoard.stateDir);
  return onBoard;
}

/** How often an agent that starts is asked whether it is there. */
const ASK_MS = 2;

/** Resolves when an agent with this state listens on its control socket, which it opens once it watches its slots. */
export async function untilWatching(stateDir: string): Promise<void> {
  while (!(await isListenedOn(controlPath(stateDir)))) await passed(ASK_MS);
}

function isListenedOn(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path);
    socket.once('error', () => done(false)); // not there yet, or left by one that was killed
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
  });
}

/** Process id of the agent that runs on the board now. */
export function agentPid({ board }: BoardWithAgent): number {
  const last = board.events.all.findLast((event) => event.on === 'program' && event.state === 'started');
  if (last?.on !== 'program') throw new Error('this is a bug: no program was started');
  return last.pid;
}
