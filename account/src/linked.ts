import type { DeviceAddress } from '@ewon-agent/contracts';
import type { AccountStore } from './store/store.ts';

/** Tells whether a device is linked and shows its own certificate, not revoked. The broker asks at every connection. */
export async function isActive(
  store: AccountStore,
  device: DeviceAddress,
  certificateSerial: string,
): Promise<boolean> {
  if (device.accountId !== store.accountId) return false;
  return store.transact(async (tx) => {
    const certificate = await tx.certificate(certificateSerial.toLowerCase());
    if (certificate?.deviceId !== device.deviceId || certificate.revokedAt !== null) return false;
    const ewon = await tx.ewon(device.deviceId);
    return ewon?.link === 'linked' && ewon.quarantinedAt === null;
  });
}

/** All devices that may connect. */
export async function linkedDevices(store: AccountStore): Promise<readonly DeviceAddress[]> {
  const ewons = await store.transact((tx) => tx.ewons({ link: ['linked'] }));
  const welcome = ewons.filter(({ quarantinedAt }) => quarantinedAt === null);
  return welcome.map(({ deviceId }) => ({ accountId: store.accountId, deviceId }));
}
