import { createAgentInstaller } from '../adapters/agent-installer.ts';
import { createSystemClock } from '../adapters/clock-system.ts';
import { versionPlaces } from '../adapters/version-places.ts';

// A process that installs a patch of the agent, for a test to kill: the options of the installer and the patch, as JSON.

const { below, noteFile, version, metadata, patch, file } = JSON.parse(process.argv[2] ?? '{}');
const places = versionPlaces(below);
const installer = createAgentInstaller({
  ...{ places, noteFile, version, arch: 'amd64', metadata: () => metadata, clock: createSystemClock() },
});
await installer.install(patch, file, () => {});
