import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { readLines } from '@ewon-agent/board-sim/process/lines';
import type { QemuBoard } from '@ewon-agent/board-sim/qemu/controls';
import { bundledProgram } from './bundles.ts';

const TESTING = join(import.meta.dirname, '../../agent/src/testing');
/** Where the agent as installed has its outbox. */
const OUTBOX = '/var/lib/ewon-agent/outbox.db';
/** Where the board keeps the program, in its memory. */
const FETCHED = '/run/outbox-filler.mjs';
/** What the board calls this machine. */
const HOST = '10.0.2.2';
const LINE_MAX_CHARACTERS = 64 * 1024;
/** Programs start slowly in emulation, most of all where the machine has other things to do. */
const RUN_MS = 600_000;

// Fetches the program and becomes it, with the connection as its stdin and stdout: what it says has left the board when
// the call returns, and nothing has to be read on the way. Perl, because the root of the board has no other client.
const FETCH_AND_RUN = `
use Socket;
my ($port, $size, @run) = @ARGV;
socket(my $host, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
connect($host, pack_sockaddr_in($port, inet_aton("${HOST}"))) or die "connect: $!";
my $program = "";
while (length $program < $size) { sysread($host, $program, $size - length $program, length $program) or die "read: $!" }
open(my $file, ">", "${FETCHED}") or die "file: $!";
print $file $program;
close $file;
open(STDIN, "<&", $host) and open(STDOUT, ">&", $host) or die "dup: $!";
exec @run`;

export type WriterOptions = {
  readonly board: QemuBoard;
  /** Path of its bundle, {@link bundleWriter} or {@link bundleProducer}. */
  readonly program: string;
  /** What it is told beside the path of the outbox. */
  readonly args: readonly string[];
  /** Is told each line when it comes. @returns what the program is answered, where it waits for that */
  readonly hear: (line: string) => string | undefined;
};

/** Bundles agent/src/testing/outbox-writer.ts, which appends and removes and says both. @returns its path */
export function bundleWriter(outdir: string): Promise<string> {
  return bundledProgram(outdir, join(TESTING, 'outbox-writer.ts'));
}

/** Bundles agent/src/testing/outbox-producer.ts, which has telemetry accepted without end. @returns its path */
export function bundleProducer(outdir: string): Promise<string> {
  return bundledProgram(outdir, join(TESTING, 'outbox-producer.ts'));
}

/**
 * Fills the agent's own outbox in the agent's own place on the board, with the rights of the agent; the agent itself is stopped.
 * Resolves when the program ends; rejects when the power was cut.
 */
export async function fillOnBoard({ board, program, args, hear }: WriterOptions): Promise<void> {
  const text = await readFile(program);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true).on('error', () => {}); // a board without power says nothing more
    socket.write(text);
    readLines(socket, LINE_MAX_CHARACTERS, (line) => {
      const answer = hear(line);
      if (answer !== undefined) socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const asAgent = 'setpriv --reuid=ewon-agent --regid=ewon-agent --init-groups';
  try {
    const { status, stderr } = await board.guest.run(
      `systemctl stop ewon-agent && perl -e '${FETCH_AND_RUN}' ${port} ${text.length} ${asAgent} /usr/lib/ewon-agent/node ${FETCHED} ${OUTBOX} ${args.join(' ')}`,
      RUN_MS,
    );
    if (status !== 0) throw new Error(`the program on the board ended with ${status}: ${stderr.trim()}`);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}
