import { type StatusMessage, timestampOf } from '@ewon-agent/contracts';
import { judgeBoot, readBoots, writeBoots } from '../core/clone.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { Batch, Sender } from './batch.ts';

/**
 * Looks at an `online` before it is judged late or not, because a clone shares the counters: whether it is a second
 * board, and with which certificate it came. Who has used a newer certificate gives up the older ones.
 */
export async function judgeIdentity({ tx, nowMs, lines }: Batch, sender: Sender, status: StatusMessage): Promise<void> {
  const { deviceId, name, boots } = sender.ewon;
  const at = timestampOf(nowMs);
  const verdict = judgeBoot(readBoots(boots), status);
  const written = writeBoots(verdict.boots);
  if (written !== boots) {
    sender.ewon = { ...sender.ewon, boots: written };
    sender.changed = true;
  }
  if (verdict.suspicion !== undefined) {
    sender.ewon = { ...sender.ewon, quarantinedAt: at, online: false, brokerTold: false };
    sender.changed = true;
    const event = LOG_TEXTS.quarantined(name, verdict.suspicion);
    const code = 'IDENTITY_QUARANTINED';
    lines.push({ entry: { at, name, subject: 'Ewon', severity: 'error', code, event, deviceId } });
    return;
  }
  const { certificate: serial } = status;
  if (serial === undefined || serial === sender.ewon.certificateSerial) return;
  const [used, before] = [await tx.certificate(serial), await tx.certificate(sender.ewon.certificateSerial)];
  if (used?.deviceId !== deviceId || used.revokedAt !== null) return;
  if (before && before.notBefore >= used.notBefore) return; // it has come back to the older one, which is still good
  await tx.revokeCertificates(deviceId, at, used.notBefore);
  sender.ewon = { ...sender.ewon, certificateSerial: serial };
  sender.changed = true;
}
