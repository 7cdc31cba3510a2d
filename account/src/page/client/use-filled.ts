import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/**
 * Keeps a form that stays open at what is stored. A field into which nobody typed follows what is read by itself; what was typed and saved
 * does so again from then on.
 * @returns what the fields show and changes are counted from, and `saved` for what a save answered
 */
export function useFilled<T>(read: T) {
  const [last, setLast] = useState({ read, value: read });
  const form = useRef<HTMLFormElement>(null);
  // once its defaults are those of the answer: what was typed would hide for ever what others change
  useLayoutEffect(() => form.current?.reset(), [last]);
  return {
    form,
    value: last.read === read ? last.value : read,
    saved: (answer: T) => setLast({ read, value: answer }),
  };
}
