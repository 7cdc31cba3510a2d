import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { err, ok, type Result, SECOND_MS } from '@ewon-agent/contracts';
import type { HeardAccessPoint } from '../core/location-wifi.ts';
import { iwScan, nmcliScan, readIwScan, readNmcliScan } from '../core/wifi-scan.ts';

/** What is asked. `managerRuns` is there while NetworkManager runs: two who scan disturb one another. */
export type WifiPrograms = { readonly managerRuns: string; readonly nmcli: string; readonly iw: string };
export const WIFI_PROGRAMS: WifiPrograms = { managerRuns: '/run/NetworkManager', nmcli: 'nmcli', iw: 'iw' };
/** A scan of all channels takes two to eight seconds. */
const SCAN_MS = 20 * SECOND_MS;
const SCAN_MAX_BYTES = 4 * 1024 * 1024;

/**
 * Looks for access points once: NetworkManager is asked where it runs, else the driver by `iw`, for what others have seen if we may not
 * look ourselves. Codes: LOCATION_SOURCE_FAILED.
 */
export async function scanWifi(
  interfaceName: string,
  signal: AbortSignal,
  { managerRuns, nmcli, iw }: WifiPrograms = WIFI_PROGRAMS,
): Promise<Result<readonly HeardAccessPoint[]>> {
  if (existsSync(managerRuns)) {
    const listed = await output(nmcli, nmcliScan(interfaceName), signal);
    return listed.ok ? ok(readNmcliScan(listed.value)) : listed;
  }
  const own = await output(iw, iwScan(interfaceName, 'own'), signal);
  if (own.ok || signal.aborted) return own.ok ? ok(readIwScan(own.value)) : own;
  const seen = await output(iw, iwScan(interfaceName, 'of others'), signal);
  return seen.ok ? ok(readIwScan(seen.value)) : own;
}

function output(program: string, args: readonly string[], signal: AbortSignal): Promise<Result<string>> {
  const options = { timeout: SCAN_MS, maxBuffer: SCAN_MAX_BYTES, signal };
  return new Promise((resolve) => {
    execFile(program, [...args], options, (error, stdout, stderr) => {
      const said = stderr.trim().split('\n')[0] || error?.message.split('\n')[0] || '';
      resolve(error ? err('LOCATION_SOURCE_FAILED', `${program}: ${said}`.slice(0, 200), error) : ok(stdout));
    });
  });
}
