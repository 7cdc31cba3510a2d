import type { Result } from '@ewon-agent/contracts';
import { configForStart, startFailed } from './config-run.ts';
import { runAgent } from './run.ts';

/**
 * Starts the agent with its file and what is set at the console. With a commit on trial that it cannot start with, it is started with what held
 * before: whoever starts it again does not do so for a wrong configuration.
 * @param restart ends this process; undefined where nobody starts it again
 * Codes: those of {@link runAgent}.
 */
export async function startConfigured(path: string, restart: (() => void) | undefined): ReturnType<typeof runAgent> {
  const first = await begun(path, restart);
  if (first.started.ok || first.started.fault.code !== 'CONFIG_INVALID' || !first.config) return first.started;
  if (!startFailed(first.config, 'CONFIG_INVALID')) return first.started;
  return (await begun(path, restart)).started;
}

async function begun(path: string, restart: (() => void) | undefined) {
  const start = await configForStart(path);
  if (!start.ok) return { started: start as Result<never> };
  const { config, told } = start.value;
  return { config, started: await runAgent(config, { told, ...(restart && { restart }) }) };
}
