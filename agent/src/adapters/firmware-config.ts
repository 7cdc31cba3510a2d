import { type EwonIdentity, type FirmwarePort, ok } from '@ewon-agent/contracts';

/** The Ewon's identity as the configuration states it: for boards without a way to their Ewon. */
export function createConfiguredFirmware(identity: EwonIdentity): FirmwarePort {
  return { identity: async () => ok(identity) };
}
