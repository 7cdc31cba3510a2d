// A directory as a slot.
//
// Where a file system is mounted exactly at the directory, that is the card, whatever it holds. Where none is, the directory is one that
// another program fills, and a card is in while it holds a file with a name of a card. Any change of these files is another card.

/** What one look found. */
export type DirectoryLook = {
  /** Names the mount, and what is behind it; undefined where nothing is mounted. */
  readonly mount: string | undefined;
  /** Names the files of a card that are there; empty for none, undefined when it could not be found out. */
  readonly content: string | undefined;
};

/** What is in the slot, and what may be in it once it was seen twice: files that are still being written are not read. */
export type DirectoryStay = {
  readonly present?: DirectoryLook & { readonly insertion: string };
  readonly coming?: string;
  readonly insertions: number;
};

export const NEVER_LOOKED: DirectoryStay = { insertions: 0 };

/** Decides what is in the slot after a look. What could not be found out changes nothing. `coming` asks for another look soon. */
export function lookedAgain(before: DirectoryStay, look: DirectoryLook): DirectoryStay {
  const { present } = before;
  if (present && present.mount === look.mount && isSame(present.content, look.content)) {
    return { present: { ...present, content: look.content ?? present.content }, insertions: before.insertions };
  }
  if (look.mount !== undefined) return inserted(before, look);
  const { content } = look;
  if (content === undefined || content === '') return { insertions: before.insertions };
  const isFirst = before === NEVER_LOOKED;
  return isFirst || before.coming === content
    ? inserted(before, look)
    : { coming: content, insertions: before.insertions };
}

/** After we wrote on the card ourselves: its stay goes on. */
export function markedAgain(before: DirectoryStay, look: DirectoryLook): DirectoryStay {
  const { present } = before;
  return present && present.mount === look.mount
    ? { present: { ...present, content: look.content }, insertions: before.insertions }
    : lookedAgain(before, look);
}

/** A content that is not known (any more) is not another one. */
function isSame(before: string | undefined, now: string | undefined): boolean {
  return before === undefined || now === undefined || before === now;
}

function inserted({ insertions }: DirectoryStay, look: DirectoryLook): DirectoryStay {
  const count = insertions + 1;
  return { present: { ...look, insertion: `${count}.${look.mount ?? 'files'}` }, insertions: count };
}
