import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DESKTOP, onDisk, TELEPHONE, until } from '../lib/run.mjs';

export const title = 'the device’s own page: pause, limits, a brake that waits, and what is ignored';

export default async function device(run) {
  const browser = await run.page();
  await browser.goto('/');
  const project = await run.project(browser, 'Own page');
  const { folder, home } = await run.device('own-page', await run.link(browser, project));
  const page = await run.page({ loggedIn: false });
  page.expected.push(/401/);

  const { page: address } = JSON.parse(run.syncline('--home', home, 'open', '--json'));
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}$/);
  await page.goto(address);
  await page.getByRole('heading', { level: 1, name: 'own-page' }).waitFor();
  assert.equal(new URL(page.url()).hash, '');
  await page.getByText('1 folder, all in step').waitFor();
  await run.look(page, 'device');

  // The tab goes on after a reload; another browser needs an address of its own.
  await page.reload();
  await page.getByText('1 folder, all in step').waitFor();
  const other = await run.page({ loggedIn: false });
  other.expected.push(/401/);
  await other.goto(address);
  await other.getByText('syncline open', { exact: true }).waitFor();
  await run.look(other, 'device-closed');

  await page.getByRole('button', { name: 'Pause own-page' }).press('Enter');
  await page.getByText('Paused', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Resume own-page' }).press('Enter');
  await page.getByText('1 folder, all in step').waitFor();

  // Limits of the bandwidth, set here and seen there.
  await page.getByRole('button', { name: 'Limit…' }).click();
  await page.getByLabel('Send at most, kB a second').fill('9');
  await page.getByRole('alert').getByText('A number from 10').waitFor();
  await run.look(page, 'device-limits');
  await page.getByLabel('Send at most, kB a second').fill('2000');
  await page.getByRole('button', { name: 'Save' }).click();
  const bandwidth = page.getByRole('region', { name: 'Bandwidth' });
  await bandwidth.getByText('Sends at most 2.0 MB a second, receives as fast as it can').waitFor();
  assert.deepEqual(JSON.parse(run.syncline('--home', home, 'limit', '--json')), {
    uploadBytesPerSecond: 2_000_000,
  });
  run.syncline('--home', home, 'limit', '--up', 'none', '--down', '500k');
  await bandwidth.getByText('Sends as fast as it can, receives at most 500 kB a second').waitFor();

  // What is ignored, seen before it is saved.
  mkdirSync(path.join(folder, 'build'));
  writeFileSync(path.join(folder, 'build', 'out.bin'), 'made');
  writeFileSync(path.join(folder, 'notes.tmp'), 'scratch');
  writeFileSync(path.join(folder, 'kept.txt'), 'kept');
  await page.getByRole('button', { name: 'What is ignored in own-page' }).click();
  await page.getByLabel('Rules, one a line').fill('*.tmp\n/build/\n');
  await page.getByText('Ignores 1 file and 1 folder').waitFor();
  await run.look(page, 'device-ignored');
  await page.setViewportSize(TELEPHONE);
  await run.look(page, 'device-ignored-telephone');
  await page.setViewportSize(DESKTOP);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved what is ignored').waitFor();
  assert.equal(readFileSync(path.join(folder, '.synclineignore'), 'utf8'), '*.tmp\n/build/\n');

  // A brake: all is deleted, and the page asks.
  for (let i = 0; i < FILES; i++) {
    writeFileSync(path.join(folder, `${i}.txt`), `${i}`);
  }
  await until('all is sent', async () => {
    const status = JSON.parse(run.syncline('--home', home, 'status', '--json'));
    return status.state === 'converged' && status.pending === 0 && status.cursor.sequence > 0;
  });
  for (const name of readdirSync(folder)) {
    if (name !== '.syncline') {
      rmSync(path.join(folder, name), { recursive: true });
    }
  }
  await page.getByText('Waits for your answer').waitFor();
  await run.look(page, 'device-brake');
  await page.setViewportSize(TELEPHONE);
  await run.look(page, 'device-brake-telephone');
  await page.setViewportSize(DESKTOP);
  await page.getByRole('button', { name: 'Delete everywhere…' }).click();
  await run.look(page, 'device-brake-confirm');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Bring back' }).press('Enter');
  await onDisk(path.join(folder, '7.txt'));
  await page.getByText('1 folder, all in step').waitFor();
}

const FILES = 8;
