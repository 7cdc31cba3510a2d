import {
  type Cancel,
  COMMAND_RESULT_MAX_BYTES,
  err,
  type Millis,
  ok,
  type Ports,
  type Result,
  timestampOf,
} from '@ewon-agent/contracts';
import type { AgentEvent } from '../core/agent.ts';
import type { Command } from '../core/command-book.ts';
import { identifyMs } from '../core/command-kinds.ts';
import type { LocalSwitches } from '../core/policy.ts';

export type CommandRunnerParts = {
  readonly ports: Pick<Ports, 'clock' | 'board'>;
  /** What `ewon-agent status --json` and `ewon-agent diag` say. */
  readonly status: () => object;
  readonly diagnose: () => object;
  /** Lets a patch through that is held, or has been tried out. Codes: TUF_NO_ROOT. */
  readonly releasePatch: (path: string) => Result<void>;
  /** What switches at the board say now. */
  readonly boardSwitches: () => LocalSwitches;
  readonly post: (event: AgentEvent) => void;
};

/** Carries out commands; each order answers with exactly one event. What was decided of them is decided in core. */
export type CommandRunner = {
  execute(command: Command, limitMs: Millis): void;
  turn(): void;
  end(id: Command['id'], result: object): void;
  stop(): void;
};

type Outcome = Result<Command['result']>;

export function createCommandRunner(parts: CommandRunnerParts): CommandRunner {
  const { ports, post } = parts;
  const { clock } = ports;
  const timers = new Set<Cancel>();
  let stopped = false;

  function after(delayMs: Millis): Promise<void> {
    return new Promise((resolve) => timers.add(clock.after(delayMs, resolve)));
  }

  async function outcomeOf(command: Command): Promise<Outcome> {
    switch (command.name) {
      case 'status':
        return fitting({ status: parts.status() });
      case 'diag':
        return fitting({ diag: parts.diagnose() });
      case 'identify': {
        await after(identifyMs(command));
        return ok({ endedAt: timestampOf(clock.now()) });
      }
      case 'reboot': {
        const ordered = await ports.board.reboot();
        return ordered.ok ? forever : ordered; // what comes next is the end of this process
      }
      case 'patch': {
        const released = parts.releasePatch(String(command.arguments['path']));
        return released.ok ? ok({}) : released;
      }
      default: // a rescan ends when the slots have answered
        return forever;
    }
  }

  return {
    execute(command, limitMs) {
      const late = after(limitMs).then((): Outcome => err('COMMAND_TIMEOUT', `${limitMs / 1000} s`));
      void Promise.race([outcomeOf(command), late]).then((outcome) => {
        if (!stopped) post({ on: 'CommandEnded', id: command.id, outcome, atMs: clock.now() });
      });
    },
    turn: () =>
      post({ on: 'CommandTurn', atMs: clock.now(), bootId: ports.board.bootId, board: parts.boardSwitches() }),
    end: (id, result) => post({ on: 'CommandEnded', id, outcome: ok({ ...result }), atMs: clock.now() }),
    stop() {
      stopped = true;
      for (const cancel of timers) cancel();
      timers.clear();
    },
  };
}

const forever = new Promise<never>(() => {});

/** An answer must fit one packet: what is larger is asked for at the board. */
function fitting(result: NonNullable<Command['result']>): Outcome {
  const bytes = Buffer.byteLength(JSON.stringify(result));
  if (bytes <= COMMAND_RESULT_MAX_BYTES) return ok(result);
  return err('COMMAND_RESULT_TOO_LARGE', `${bytes} bytes, limit ${COMMAND_RESULT_MAX_BYTES}`);
}
