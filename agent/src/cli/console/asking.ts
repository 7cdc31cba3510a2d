import { ok, type Result } from '@ewon-agent/contracts';
import type { ByteLine } from '../../adapters/ymodem-stream.ts';
import type { AgentConfig } from '../../config/schema.ts';
import type { ConsoleAnswer } from '../../core/console/session.ts';
import type { Asking } from '../../shell/console.ts';

/** Answers an order. `given`: the values of the line, then what was answered to its prompts. */
export type Ask = (config: AgentConfig, given: readonly string[], asking: Asking<ByteLine>) => Promise<ConsoleAnswer>;
/** The answers of one part of the commands. */
export type Asks<Name extends string> = Readonly<Record<Name, Ask>>;

/** A result in words, one line each. */
export function worded<T>(asked: Result<T>, text: (value: T) => string): ConsoleAnswer {
  return asked.ok ? ok({ lines: text(asked.value).split('\n'), value: asked.value }) : asked;
}
