import { openDeviceKey } from '@ewon-agent/agent/adapters/device-key-file';
import { openSqliteStore } from '@ewon-agent/agent/adapters/store-sqlite';
import { storePath } from '@ewon-agent/agent/cli/places';
import { readDocument } from '@ewon-agent/agent/core/document';
import type { DeviceAddress } from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/suites/assertions';

/** What a peer needs to connect as the device of an agent that does not run. */
export type DrainLink = {
  readonly address: DeviceAddress;
  readonly url: string;
  /** PEM, as the other two. */
  readonly ca: string;
  readonly certificate: string;
  readonly privateKey: string;
};

/** Reads it from the agent's state. */
export async function drainLink(stateDir: string): Promise<DrainLink> {
  const store = openSqliteStore(storePath(stateDir), () => Date.now());
  const { registration } = assertOk(readDocument(assertOk(store.load())));
  store.close();
  if (registration.at !== 'registered') throw new Error(`the Ewon is ${registration.at}`);
  const { link } = registration;
  const { privateKeyPem: privateKey } = await openDeviceKey(stateDir);
  return {
    address: { accountId: link.account.id, deviceId: link.deviceId },
    url: link.mqtt.urls[0] ?? '',
    ca: link.ca,
    certificate: link.certificate,
    privateKey,
  };
}
