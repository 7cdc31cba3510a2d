import { err, ok, type Result } from '@ewon-agent/contracts';
import type { AgentConfig } from '../config/schema.ts';
import { planProxy } from '../core/proxy.ts';
import { cardPolicyOf } from './card-policy.ts';

/** Whether an agent could start with a configuration, as far as that shows before it does. Codes: CONFIG_INVALID. */
export function fitOf(config: AgentConfig, environment: NodeJS.ProcessEnv): Result<void> {
  for (const check of [tagsFit(config), cardPolicyOf(config), planProxy(config.proxy, environment)])
    if (!check.ok) return check;
  return ok(undefined);
}

/** What reads tags needs an Ewon that is asked. Codes: CONFIG_INVALID. */
export function tagsFit({ firmware, telemetry, patch }: AgentConfig): Result<void> {
  if ('url' in firmware) return ok(undefined);
  if (telemetry) return err('CONFIG_INVALID', 'telemetry needs firmware.url: an Ewon that is described has no tags');
  if (patch.busy?.tag !== undefined)
    return err('CONFIG_INVALID', 'patch.busy.tag needs firmware.url: an Ewon that is described has no tags');
  return ok(undefined);
}
