import { useEffect, useState } from 'preact/hooks';
import { type Said, worded } from './worded.ts';

/** As {@link worded}, for what is on the page already: in the words of who said it until those of the page have come. */
export function useWorded<P extends Said>(said: P): P {
  const [own, setOwn] = useState<Said>();
  const { code, title, next } = said;
  useEffect(() => {
    let gone = false;
    // no code is nothing to ask for
    if (code !== '') void worded({ code, title, next }).then((words) => !gone && setOwn(words));
    return () => {
      gone = true;
    };
  }, [code, title, next]);
  return own?.code === code ? { ...said, ...own } : said;
}
