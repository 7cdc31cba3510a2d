import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { findProgram } from '@ewon-agent/contracts/testing';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

/** Root wants no sandbox; a build machine has no GPU; and a test browser talks to nobody but the page it shows. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where screenshots go: git-ignored, for people to look at. */
const ARTEFACTS = fileURLToPath(new URL('../../artefacts/', import.meta.url));

/**
 * Starts Debian's Chromium without a window. The caller closes it.
 * @throws when Chromium is not installed; a suite declares `needs: ['chromium']`
 */
export async function openChromium(): Promise<Browser> {
  const executablePath = findProgram('chromium');
  if (executablePath === undefined) throw new Error('chromium is not installed (Debian package chromium)');
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** Saves what the page shows as `artefacts/<name>.png`: its whole length, or the window when a dialog is open. */
export async function photograph(page: Page, name: string): Promise<void> {
  await mkdir(ARTEFACTS, { recursive: true });
  const fullPage = (await page.locator('dialog[open]').count()) === 0;
  if (fullPage) await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }));
  await page.screenshot({ path: `${ARTEFACTS}${name}.png`, fullPage, animations: 'disabled' });
}

/** Saves what one part of a page shows as `artefacts/<name>.png`. */
export async function photographPart(part: Locator, name: string): Promise<void> {
  await part.screenshot({ path: `${ARTEFACTS}${name}.png`, animations: 'disabled' });
}
