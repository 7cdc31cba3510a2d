import {
  channelOf,
  commandStateOf,
  type DeviceAddress,
  err,
  ok,
  parseAccountId,
  parseDeviceId,
  type Result,
  topicPrefixFor,
} from '@ewon-agent/contracts';

// What a device may do at a broker (docs/decisions/0002-wire-v1.md §5), decided from its certificate alone.

/** The texts of a certificate as node:crypto's X509Certificate gives them: one `NAME=value` per line, `TYPE:value, …`. */
export type CertificateNames = {
  readonly subject: string;
  readonly subjectAltName: string | undefined;
  /** Upper-case hex, as node:crypto gives it. */
  readonly serialNumber: string;
};

export type DeviceIdentity = { readonly device: DeviceAddress; readonly certificateSerial: string };

const SAN_FORM = /^URI:urn:ewon-agent:([^:,"]+):([^:,"]+)$/;

/**
 * Reads who a verified certificate is for: exactly one CN, exactly one SAN, and both name the same device.
 * @returns the device, and the certificate's serial number as lower-case hex of whole bytes. Codes: BAD_REQUEST
 */
export function deviceOf(certificate: CertificateNames): Result<DeviceIdentity> {
  const commonNames = certificate.subject.split('\n').filter((line) => line.startsWith('CN='));
  const san = SAN_FORM.exec(certificate.subjectAltName ?? '');
  const accountId = parseAccountId(san?.[1]);
  const deviceId = parseDeviceId(san?.[2]);
  if (!accountId.ok || !deviceId.ok) return err('BAD_REQUEST', 'certificate without the SAN of a device');
  if (commonNames.length !== 1 || commonNames[0] !== `CN=${deviceId.value}`) {
    return err('BAD_REQUEST', `certificate whose CN is not ${deviceId.value}`);
  }
  return ok({
    device: { accountId: accountId.value, deviceId: deviceId.value },
    certificateSerial: certificate.serialNumber.toLowerCase(),
  });
}

/** A device publishes on the known channels of its own `up/`, and says there how its commands stand. */
export function mayPublish(device: DeviceAddress, topic: string): boolean {
  const channel = channelOf(topic);
  const of = channel.ok ? channel : commandStateOf(topic);
  return of.ok && of.value.accountId === device.accountId && of.value.deviceId === device.deviceId;
}

/** A device subscribes below its own `down/`: its prefix in letters, wildcards only after it. */
export function maySubscribe(device: DeviceAddress, filter: string): boolean {
  return filter.startsWith(`${topicPrefixFor(device)}/down/`);
}

/** What reaches a device, whatever it managed to subscribe to. */
export function mayReceive(device: DeviceAddress, topic: string): boolean {
  return topic.startsWith(`${topicPrefixFor(device)}/down/`);
}
