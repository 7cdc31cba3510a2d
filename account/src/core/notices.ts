import { asciiJson, jsonReader } from '@ewon-agent/contracts';

// How one server tells the others what changed: a text of any length, cut into pieces that PostgreSQL takes (NOTIFY,
// at most 8,000 bytes). Pieces of one sender come in their order and never mixed with another's of the same sender.

/** One piece. `of` is the number of pieces of the text, `piece` counts from 0. */
export type Piece = { readonly from: string; readonly piece: number; readonly of: number; readonly text: string };

/** Below 8,000 bytes with its head, and with each quote of the text escaped once more. */
const PIECE_CHARACTERS = 3500;

/** Cuts a JSON text into the payloads of notices, in ASCII, so that characters are bytes. */
export function noticesOf(from: string, text: string): readonly string[] {
  const ascii = asciiJson(text);
  const of = Math.max(1, Math.ceil(ascii.length / PIECE_CHARACTERS));
  return Array.from({ length: of }, (_, piece) =>
    JSON.stringify({
      ...{ from, piece, of },
      text: ascii.slice(piece * PIECE_CHARACTERS, (piece + 1) * PIECE_CHARACTERS),
    }),
  );
}

/** Reads a payload back. Codes: BAD_REQUEST. */
export const readPiece = jsonReader<Piece>({
  type: 'object',
  required: ['from', 'piece', 'of', 'text'],
  properties: {
    from: { type: 'string' },
    piece: { type: 'integer', minimum: 0 },
    of: { type: 'integer', minimum: 1 },
    text: { type: 'string' },
  },
});

/** Texts that are not whole yet, by sender. */
export type Unfinished = Readonly<Record<string, readonly Piece[]>>;

/**
 * Takes the next piece.
 * @returns `whole` when it was the last one of its text; `torn` when pieces before it are missing, and the text with it
 */
export function takePiece(
  before: Unfinished,
  piece: Piece,
): { readonly unfinished: Unfinished; readonly whole?: string; readonly torn?: true } {
  const { [piece.from]: begun = [], ...others } = before;
  const pieces = piece.piece === 0 ? [piece] : [...begun, piece];
  if (pieces.length !== piece.piece + 1)
    return { unfinished: others, ...(piece.piece + 1 === piece.of && { torn: true }) };
  if (pieces.length < piece.of) return { unfinished: { ...others, [piece.from]: pieces } };
  return { unfinished: others, whole: pieces.map(({ text }) => text).join('') };
}
