import { ok, type Result } from '@ewon-agent/contracts';
import { createSystemClock } from '../adapters/clock-system.ts';
import { type ByteLine, receiveYmodem, sendYmodem, type YmodemSink } from '../adapters/ymodem-stream.ts';
import type { ReceiveSettings } from '../core/ymodem/ymodem-receive.ts';

type Line = { readonly line: ByteLine; readonly signal: AbortSignal };

/** Takes files over the line of a console. @returns their names. Codes: YMODEM_*, those of the sink. */
export async function takeFiles(
  { line, signal }: Line,
  settings: ReceiveSettings,
  sink: YmodemSink,
): Promise<Result<readonly string[]>> {
  const received = await receiveYmodem({ line, clock: createSystemClock(), signal, settings, sink });
  return received.ok ? ok(received.value.files.map(({ name }) => name)) : received;
}

/** Sends one file over the line of a console. Codes: YMODEM_*. */
export function sendBytes({ line, signal }: Line, name: string, bytes: Uint8Array): Promise<Result<void>> {
  const read = async (from: number, length: number) => ok(bytes.subarray(from, from + length));
  const modifiedSeconds = Math.round(Date.now() / 1000);
  const files = [{ name, sizeBytes: bytes.length, modifiedSeconds, read }];
  return sendYmodem({ line, clock: createSystemClock(), signal, files });
}
