import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { err, KIB, ok } from '@ewon-agent/contracts';
import { type TreeTaker, takeAspuTar } from '../adapters/aspu-tar.ts';
import { askControl } from '../adapters/control-socket.ts';
import type { AgentConfig } from '../config/schema.ts';
import { ASPU_TREE_LIMITS } from '../core/aspu-tree.ts';
import type { Transfer, Transferred } from './console/asks/copy.ts';
import { takeFiles } from './copy-line.ts';
import { controlPath, patchDir, sentPatches } from './places.ts';
import { isRefused } from './register.ts';

/** What stays free for the agent's own state. */
const KEPT_FREE_BYTES = 16 * 1024 * KIB;

/**
 * Takes a repository of patches as one tar, for a device without a network, and has it looked at. What is in it is judged by TUF,
 * as that of a card is.
 * Codes: YMODEM_*, PATCH_TREE_BAD, PATCH_NO_ROOM.
 */
export async function copyPatch({ config, line, signal }: Transfer): Transferred {
  mkdirSync(patchDir(config.stateDir), { recursive: true, mode: 0o700 });
  let taker: TreeTaker | undefined;
  let files = 0;
  const settings = { bytesMax: ASPU_TREE_LIMITS.allBytes, filesMax: 1 };
  const taken = await takeFiles({ line, signal }, settings, {
    async open({ sizeBytes }) {
      if (sizeBytes > (await freeBytes(config))) return err('PATCH_NO_ROOM', `${sizeBytes} bytes`);
      taker = takeAspuTar(sentPatches(config.stateDir));
      return ok(undefined);
    },
    write: async (bytes) => taker?.write(bytes) ?? ok(undefined),
    async close() {
      const ended = await taker?.end();
      if (!ended?.ok) return ended ?? ok(undefined);
      files = ended.value;
      return ok(undefined);
    },
    discard: async () => taker?.discard(),
  });
  if (!taken.ok) return taken;
  const looked = await askControl(controlPath(config.stateDir), 'patchLook');
  const isLooking = looked.ok && !isRefused(looked.value);
  const lines = [`Taken: ${files} files.`, isLooking ? LOOKED : 'The agent looks at it when it runs and is linked.'];
  return ok({ lines, value: { files } });
}

const LOOKED = 'It counts while the account cannot be reached; see "show patch".';

async function freeBytes({ stateDir }: AgentConfig): Promise<number> {
  const { bavail, bsize } = await statfs(stateDir);
  return bavail * bsize - KEPT_FREE_BYTES;
}
