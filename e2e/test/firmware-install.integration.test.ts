import { patchInstallerSuite } from '@ewon-agent/contracts/suites/patch-installer-suite';
import { createEwonPlace } from '../src/firmware/ewon-place.ts';

// Everything that an installer of patches owes, on the simulated Ewon over HTTP and FTP.
patchInstallerSuite('firmware of an Ewon', 'ewon-firmware', () => createEwonPlace(), {
  killedAt: [],
  timeoutMs: 60_000,
});
