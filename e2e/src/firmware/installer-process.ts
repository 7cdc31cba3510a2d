import { createFirmwareInstaller, type FirmwareInstallerOptions } from '@ewon-agent/agent/adapters/firmware-installer';
import type { PatchFile } from '@ewon-agent/contracts/suites/patch-installer-suite';

// A process that installs firmware and prints what came of it; a test kills it, or lets its calls fail.

const [given = ''] = process.argv.slice(2);
if (given !== '') {
  const { options, wanted }: { options: FirmwareInstallerOptions; wanted: PatchFile } = JSON.parse(given);
  const result = await createFirmwareInstaller(options).install(wanted.patch, wanted.file, () => {});
  process.stdout.write(`${result.ok ? 'ok' : result.fault.code}\n`);
}
