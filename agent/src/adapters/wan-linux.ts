import { access, readdir, readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { KernelTexts, SysfsLink } from '../core/wan-kernel.ts';

/** Where the kernel tells of its links; another root in tests. */
export type WanFiles = { readonly classNet: string; readonly procNet: string; readonly resolvConf: string };
export const WAN_FILES: WanFiles = {
  classNet: '/sys/class/net',
  procNet: '/proc/net',
  resolvConf: '/etc/resolv.conf',
};

/** Reads what the kernel says now. A file that is not there, or that a link which goes away takes with it, is empty. Never throws. */
export async function readKernel(files: WanFiles = WAN_FILES): Promise<KernelTexts> {
  const names = await readdir(files.classNet).catch(() => []);
  const [links, routes, routes6, arp, resolvConf] = await Promise.all([
    Promise.all(names.map((name) => readLink(join(files.classNet, name), name))),
    textOf(join(files.procNet, 'route')),
    textOf(join(files.procNet, 'ipv6_route')),
    textOf(join(files.procNet, 'arp')),
    textOf(files.resolvConf),
  ]);
  const addresses = Object.entries(networkInterfaces()).flatMap(([name, list]) =>
    (list ?? []).map(({ address }) => ({ name, ip: address })),
  );
  return { links, addresses, routes, routes6, arp, resolvConf };
}

async function readLink(folder: string, name: string): Promise<SysfsLink> {
  const read = async (file: string) => (await textOf(join(folder, file))).trim();
  const [operstate, flags, carrier, type, uevent] = await Promise.all(
    ['operstate', 'flags', 'carrier', 'type', 'uevent'].map(read),
  );
  const devtype = /^DEVTYPE=(.*)$/m.exec(uevent ?? '')?.[1];
  const isDevice = await access(join(folder, 'device')).then(
    () => true,
    () => false,
  );
  return {
    ...{ name, isDevice },
    ...(operstate && { operstate }),
    ...(flags && { flags }),
    ...(carrier && { carrier }),
    ...(type && { type }),
    ...(devtype !== undefined && { devtype }),
  };
}

/** `carrier` cannot be read of a link that is switched off (EINVAL): that is no failure of ours. */
function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
