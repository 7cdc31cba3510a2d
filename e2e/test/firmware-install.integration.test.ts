import { patchInstallerSuite } from '@ewon-agent/contracts/suites/patch-installer-suite';
import { createEwonPlace } from '../src/firmware/ewon-place.ts';

/** Three for each of the 36 things that an installation does outside of itself. */
const POINTS = 108;
// FIRMWARE_POINTS=all kills it at each of them; else at two of seven, so that before, amid and after take turns
const killedAt = Array.from({ length: POINTS }, (_, i) => i + 1).filter(
  (_, i) => process.env['FIRMWARE_POINTS'] === 'all' || [0, 3].includes(i % 7),
);

// Everything that an installer of patches owes, on the simulated Ewon over HTTP and FTP.
patchInstallerSuite('firmware of an Ewon', 'ewon-firmware', () => createEwonPlace(), { killedAt, timeoutMs: 60_000 });
