import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onDisk, row, TELEPHONE, until } from '../lib/run.mjs';

export const title =
  'upload: what is dropped on the page appears on disk, paused, resumed, and only what is missing';

const BYTES = 24 << 20;

export default async function upload(run) {
  const page = await run.page();
  await page.goto('/');
  const project = await run.project(page, 'Studio');
  const device = await run.device('studio', await run.link(page, project));
  const source = path.join(run.work, 'to-upload');
  mkdirSync(path.join(source, 'album', 'deep'), { recursive: true });
  const film = randomBytes(BYTES);
  writeFileSync(path.join(source, 'film.bin'), film);
  for (let i = 0; i < 30; i++) {
    writeFileSync(path.join(source, 'album', i % 2 ? 'deep' : '', `${i}.txt`), `song ${i}\n`);
  }
  let sent = 0;
  let arrivedBytes = 0;
  let chunks = 0;
  page.on('request', request => {
    sent += request.url().includes('/chunks/') ? (request.postDataBuffer()?.length ?? 0) : 0;
  });
  page.on('response', response => {
    if (response.url().includes('/chunks/') && response.ok()) {
      chunks++;
      arrivedBytes += response.request().postDataBuffer()?.length ?? 0;
    }
  });
  const tray = page.getByRole('region', { name: 'Uploads' });
  const chosen = page.getByLabel('Files to upload');
  await page.goto(`/projects/${project}`);
  await page.getByRole('button', { name: 'Upload', exact: true }).waitFor();

  // Dropped from the desktop.
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['dropped\n'], 'dropped.txt'));
    window.dispatchEvent(new DragEvent('dragenter', { dataTransfer: transfer, cancelable: true }));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
  });
  await onDisk(path.join(device.folder, 'dropped.txt'));
  assert.equal(readFileSync(path.join(device.folder, 'dropped.txt'), 'utf8'), 'dropped\n');
  await page.getByRole('button', { name: 'Dismiss dropped.txt' }).click();

  // In the middle, with some chunks stored and others on their way: paused, gone on with, and the window loaded anew.
  let passing = 2;
  await page.route('**/chunks/**', route => (passing-- > 0 ? route.continue() : undefined));
  await chosen.setInputFiles(path.join(source, 'film.bin'));
  await until('two chunks have arrived', () => chunks === 2);
  await page.getByRole('button', { name: 'Pause film.bin' }).click();
  await tray.getByText('paused').waitFor();
  await page.getByRole('button', { name: 'Go on with film.bin' }).click();
  await page.getByRole('button', { name: 'Pause film.bin' }).waitFor();
  page.on('dialog', dialog => dialog.accept());
  await page.reload();
  // Not unrouted: a request that is on its way in that moment would hang.
  passing = Number.POSITIVE_INFINITY;
  await tray.getByText('nothing that arrived is sent again').waitFor();
  await run.look(page, 'upload-unfinished');
  sent = 0;
  await page.getByLabel('The files of film.bin again').setInputFiles(path.join(source, 'film.bin'));
  await tray.getByText('had to travel').waitFor();
  const overhead = 1.01;
  assert.equal(chunks > 2, true, `${chunks} chunks`);
  assert.ok(arrivedBytes - sent > 1 << 20, `${arrivedBytes} bytes arrived, ${sent} of them after the reload`);
  assert.ok(arrivedBytes <= BYTES * overhead, `${arrivedBytes} bytes arrived for ${BYTES}`);
  const arrived = path.join(device.folder, 'film.bin');
  await onDisk(arrived);
  const hash = bytes => createHash('sha256').update(bytes).digest('hex');
  assert.equal(hash(readFileSync(arrived)), hash(film));
  await page.getByRole('button', { name: 'Dismiss film.bin' }).click();

  // Changed in one byte, over a name that is taken.
  sent = 0;
  film[BYTES / 2] ^= 1;
  writeFileSync(path.join(source, 'film.bin'), film);
  await chosen.setInputFiles(path.join(source, 'film.bin'));
  await page.getByRole('dialog', { name: 'There is a “film.bin” already' }).waitFor();
  await run.look(page, 'upload-taken');
  await page.getByRole('button', { name: 'Replace' }).click();
  await tray.getByText('had to travel').waitFor();
  assert.ok(sent < 1 << 20, `${sent} bytes travelled for one byte`);
  await until('the new film is on disk', () => hash(readFileSync(arrived)) === hash(film));
  await page.getByRole('button', { name: 'Dismiss film.bin' }).click();

  // A folder, and the tray on another page and on a telephone.
  await page.getByLabel('Folder to upload').setInputFiles(path.join(source, 'album'));
  await tray.getByText('had to travel').waitFor();
  await row(page, 'album').waitFor();
  await onDisk(path.join(device.folder, 'album', 'deep', '29.txt'));
  await page.getByRole('button', { name: 'Dismiss album' }).click();

  // The same folder with other songs: what to do about thirty names is asked once.
  for (let i = 0; i < 30; i++) {
    writeFileSync(path.join(source, 'album', i % 2 ? 'deep' : '', `${i}.txt`), `another song ${i}\n`);
  }
  await page.getByLabel('Folder to upload').setInputFiles(path.join(source, 'album'));
  await page.getByRole('dialog', { name: '30 names are taken' }).waitFor();
  await page.getByRole('button', { name: 'Keep both' }).click();
  await tray.getByText('had to travel').waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0);
  for (let i = 0; i < 30; i++) {
    const song = name => path.join(device.folder, 'album', i % 2 ? 'deep' : '', name);
    await onDisk(song(`${i} (2).txt`));
    assert.equal(readFileSync(song(`${i} (2).txt`), 'utf8'), `another song ${i}\n`);
    assert.equal(readFileSync(song(`${i}.txt`), 'utf8'), `song ${i}\n`);
  }
  await page.getByRole('link', { name: 'Devices' }).click();
  await page.getByRole('heading', { level: 1, name: 'Devices' }).waitFor();
  await tray.getByText('Everything is uploaded').waitFor();
  await page.setViewportSize(TELEPHONE);
  await run.look(page, 'upload-narrow');
}
