import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { TEXTS } from './texts.ts';

/** What every section that comes later is given beside its own. */
export type Arriving = { readonly onArrived: () => void };

/**
 * Makes a section whose script comes when the page is there: it has its place and its title at once, and says so when its script
 * does not come.
 * @param id of the section, which links lead to
 */
export function later<P extends object>(id: string, title: string, load: () => Promise<ComponentType<P>>) {
  return function Later({ onArrived, ...props }: P & Arriving) {
    const [Section, setSection] = useState<ComponentType<P>>();
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      let gone = false;
      load().then(
        (loaded) => !gone && setSection(() => loaded),
        () => !gone && setFailed(true), // not reached, or a newer server has newer files
      );
      return () => {
        gone = true;
      };
    }, []);
    useEffect(() => {
      if (Section) onArrived();
    }, [Section]);
    if (Section) return <Section {...(props as P)} />;
    const titleId = `${id}-coming`;
    return (
      <section id={id} aria-labelledby={titleId}>
        <h2 id={titleId}>{title}</h2>
        {failed ? (
          <div class="problem" role="alert">
            <p>{TEXTS.later.failed}</p>
            <div class="buttons">
              <button type="button" onClick={() => location.reload()}>
                {TEXTS.later.again}
              </button>
            </div>
          </div>
        ) : (
          <p class="quiet coming">{TEXTS.starting}</p>
        )}
      </section>
    );
  };
}
