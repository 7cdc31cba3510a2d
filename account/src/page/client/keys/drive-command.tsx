import type { Told } from '../page.ts';
import { CARD as T } from '../texts-keys.ts';
import { type CardWish, exportCommand, isTaken } from './command-line.ts';

/** The line that writes the card straight to a drive. It follows what is chosen above it. */
export function DriveCommand({ told, wish }: { readonly told: Told; readonly wish: CardWish }) {
  const command = exportCommand(location.origin, wish);
  const copy = async () => {
    await navigator.clipboard.writeText(command);
    told.say(T.copied);
  };
  return (
    <details>
      <summary>{T.drive}</summary>
      <p class="quiet">{T.driveText}</p>
      {!isTaken(location.origin) && <p class="quiet">{T.driveAway}</p>}
      <output class="mono secret" aria-label={T.command}>
        {command}
      </output>
      {navigator.clipboard && (
        <div class="buttons">
          <button type="button" onClick={() => void copy()}>
            {T.copy}
          </button>
        </div>
      )}
    </details>
  );
}
