import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { row } from '../lib/run.mjs';

export const title = 'transfers: what a device sends is seen while it is sent, and then its file';

/** Long enough under way to be told of. */
const BYTES = 120 << 20;

export default async function transfers(run) {
  const page = await run.page();
  await page.goto('/');
  const project = await run.project(page, 'Recordings');
  const device = await run.device('recorder', await run.link(page, project));
  await page.goto(`/projects/${project}`);
  await page.getByText('0 entries').waitFor();
  // Opens the tray as soon as it is there, and keeps what it says: it may be gone in a moment.
  await page.evaluate(() => {
    window.said = '';
    new MutationObserver(() => {
      const tray = document.querySelector('section[aria-label=Transfers]');
      tray?.querySelector('button[aria-expanded=false]')?.click();
      window.said += tray?.textContent ?? '';
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  writeFileSync(path.join(device.folder, 'recording.bin'), randomBytes(BYTES));
  await page.waitForFunction(() => window.said.includes('1 transfer') && window.said.includes('recorder'));
  await run.shoot(page, 'transfers');
  await row(page, 'recording.bin').waitFor();
  await page.getByText('126 MB').waitFor();
  await page.getByRole('region', { name: 'Transfers' }).waitFor({ state: 'detached' });
}
