import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onDisk, row, TELEPHONE, until } from '../lib/run.mjs';
import { makePdf, makePng, makeWav } from '../lib/samples.mjs';
import { unzip } from '../lib/zip.mjs';

export const title = 'files: what a device saves appears, what the page does happens on its disk';

export default async function files(run) {
  const page = await run.page();
  await page.goto('/');
  const project = await run.project(page, 'Survey');
  const device = await run.device('survey-laptop', await run.link(page, project));
  const at = (...names) => path.join(device.folder, ...names);
  for (const folder of ['Maps', 'Reports', 'Reports/2025', 'Samples']) {
    mkdirSync(at(folder), { recursive: true });
  }
  writeFileSync(at('Maps', 'ridge.png'), makePng(640, 420, 1));
  writeFileSync(at('Maps', 'valley.png'), makePng(640, 420, 2));
  writeFileSync(at('Reports', 'lease.pdf'), makePdf('Lease agreement'));
  writeFileSync(at('Reports', 'dip.wav'), makeWav(2));
  for (let i = 0; i < 40; i++) {
    writeFileSync(at('Samples', `core ${String(i).padStart(2, '0')}.txt`), `core ${i}\n`.repeat(i + 1));
  }
  writeFileSync(at('Reports', 'survey.webm'), await film(page));
  writeFileSync(at('notes.md'), '# Notes\n\nStrike 130, dip 24.\n');
  writeFileSync(at('budget.xlsx'), Buffer.alloc(48_213, 7));

  // What is saved appears in the open page, by itself.
  await page.goto(`/projects/${project}`);
  await row(page, 'notes.md').waitFor();
  await row(page, 'Samples').waitFor();
  await row(page, 'budget.xlsx').waitFor();
  await run.look(page, 'files');

  // By the keyboard alone, from here to the end of this paragraph.
  const list = page.getByRole('grid');
  await list.focus();
  await page.keyboard.type('rep');
  await page.waitForFunction(() =>
    document.querySelector('[data-cursor=true]')?.textContent.includes('Reports'),
  );
  await page.keyboard.press('Enter');
  await row(page, 'lease.pdf').waitFor();
  await page.getByRole('heading', { name: 'Reports' }).waitFor();
  // Back, and on at once: where one came from isn't gone to any more, however late the list knows its height.
  await page.evaluate(() => {
    window.Observer = ResizeObserver;
    const late = new Promise(resolve => {
      window.measure = resolve;
    });
    window.ResizeObserver = class extends ResizeObserver {
      constructor(told) {
        super((...what) => late.then(() => told(...what)));
      }
    };
  });
  const located = page.waitForResponse(/\/position\?/);
  await page.keyboard.press('Backspace');
  await located;
  await row(page, 'notes.md').waitFor();
  await list.focus();
  await page.keyboard.press('End');
  const last = () => document.querySelector('[data-cursor=true]')?.textContent.includes('notes.md');
  await page.waitForFunction(last);
  await page.evaluate(async () => {
    window.measure();
    window.ResizeObserver = window.Observer;
    for (let frame = 0; frame < 5; frame++) {
      await new Promise(requestAnimationFrame);
    }
  });
  assert.ok(await page.evaluate(last), 'the cursor stays at the end');
  await page.keyboard.press('F2');
  await page.getByLabel('New name of notes.md').fill('field notes.md');
  await page.keyboard.press('Enter');
  await onDisk(at('field notes.md'));
  await row(page, 'field notes.md').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'grid');
  await page.keyboard.press('Delete');
  await onDisk(at('field notes.md'), false);
  await row(page, 'field notes.md').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).last().focus();
  await page.keyboard.press('Enter');
  await onDisk(at('field notes.md'));
  assert.match(readFileSync(at('field notes.md'), 'utf8'), /dip 24/);
  await row(page, 'field notes.md').waitFor();

  // A folder with all beneath it goes and comes back whole.
  await row(page, 'Samples').click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await onDisk(at('Samples'), false);
  // What comes back is another folder: the row of this one must not be taken for it.
  await row(page, 'Samples').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await onDisk(at('Samples', 'core 39.txt'));
  await page.getByText('Everything is back').last().waitFor();

  // Shift chooses a range, Ctrl one more.
  await row(page, 'Samples').dblclick();
  await row(page, 'core 00.txt').click();
  await row(page, 'core 04.txt').click({ modifiers: ['Shift'] });
  await page.getByText('5 rows chosen').waitFor();
  await row(page, 'core 07.txt').click({ modifiers: ['Control'] });
  await page.getByText('6 rows chosen').waitFor();
  await page.getByRole('button', { name: 'Details' }).click();
  await run.look(page, 'files-chosen');
  await downloads(
    page,
    at,
    [0, 1, 2, 3, 4, 7].map(i => [`core 0${i}.txt`, ['Samples', `core 0${i}.txt`]]),
  );

  // A new folder, and a move into it by the dialog.
  await page.getByRole('button', { name: 'New folder' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Chosen');
  await page.keyboard.press('Enter');
  await onDisk(at('Samples', 'Chosen'));
  await row(page, 'Chosen').waitFor();
  await row(page, 'core 00.txt').click();
  await page.getByRole('button', { name: 'Move' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Chosen' }).click();
  await run.look(page, 'move');
  await page.getByRole('button', { name: 'Move to Chosen' }).click();
  await onDisk(at('Samples', 'Chosen', 'core 00.txt'));

  // A move by drag and drop, once no row moves by itself.
  await row(page, 'core 00.txt').waitFor({ state: 'detached' });
  await row(page, 'core 02.txt').dragTo(row(page, 'Chosen'));
  await onDisk(at('Samples', 'Chosen', 'core 02.txt'));
  await row(page, 'core 02.txt').waitFor({ state: 'detached' });

  // Sorted by size, the largest first; then back.
  await page.getByRole('button', { name: 'Size' }).click();
  await until('the largest comes first', async () =>
    (await page.locator('[role=row][id]').nth(1).textContent()).includes('core 39'),
  );
  await page.getByRole('button', { name: 'Name' }).click();

  // A file renamed on disk is renamed here.
  renameSync(at('Samples', 'core 03.txt'), at('Samples', 'core first.txt'));
  await row(page, 'core 03.txt').waitFor({ state: 'detached' });
  await page.getByRole('grid').focus();
  await page.keyboard.type('core f');
  await row(page, 'core first.txt').waitFor();

  // A folder and a file beside it, as one archive.
  await page.getByRole('button', { name: 'Close details' }).click();
  await page.goto(`/projects/${project}`);
  await row(page, 'Maps').click();
  await row(page, 'budget.xlsx').click({ modifiers: ['Control'] });
  await downloads(page, at, [
    ['Maps/ridge.png', ['Maps', 'ridge.png']],
    ['Maps/valley.png', ['Maps', 'valley.png']],
    ['budget.xlsx', ['budget.xlsx']],
  ]);

  // Previews.
  await page.goto(`/projects/${project}`);
  await row(page, 'field notes.md').dblclick();
  await page.getByText('Strike 130').waitFor();
  await run.look(page, 'preview-text');
  await page.keyboard.press('Escape');
  await row(page, 'Maps').dblclick();
  await row(page, 'ridge.png').dblclick();
  await page.waitForFunction(() => document.querySelector('[role=dialog] img')?.naturalWidth === 640);
  await run.look(page, 'preview-image');
  await page.keyboard.press('ArrowRight');
  await page.getByRole('heading', { name: 'valley.png' }).waitFor();
  await page.keyboard.press('Escape');
  await page.goto(`/projects/${project}`);
  await row(page, 'Reports').dblclick();
  await row(page, 'dip.wav').dblclick();
  await page.waitForFunction(() => document.querySelector('audio')?.duration > 1.9);
  await page.keyboard.press('Escape');
  await row(page, 'survey.webm').dblclick();
  await page.waitForFunction(() => document.querySelector('video')?.videoWidth === 64);
  await run.look(page, 'preview-video');
  await page.keyboard.press('Escape');
  await row(page, 'lease.pdf').dblclick();
  await page.locator('iframe').waitFor();
  await until('the PDF is shown', () => page.frames().some(frame => frame.url().includes('inline=true')));
  await run.shoot(page, 'preview-pdf');
  await page.keyboard.press('Escape');

  // The whole project is searched.
  await page.getByRole('searchbox').fill('core 1');
  await page.getByRole('link', { name: /core 17\.txt/ }).waitFor();
  await run.look(page, 'search');
  await page.getByRole('link', { name: /core 17\.txt/ }).click();
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
  await page.waitForFunction(() =>
    document.querySelector('[role=row][aria-selected=true]')?.textContent.includes('core 17.txt'),
  );

  // A telephone.
  await page.setViewportSize(TELEPHONE);
  await page.goto(`/projects/${project}`);
  await row(page, 'budget.xlsx').waitFor();
  assert.ok(
    await page.evaluate(() => document.documentElement.scrollWidth <= 360),
    'nothing is wider than the window',
  );
  await run.look(page, 'files-telephone');
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'All projects' }).waitFor();
  await run.look(page, 'menu-telephone');
}

/** A film of a few frames, which the browser itself makes. */
async function film(page) {
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 64;
    const paint = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/webm' });
    const parts = [];
    recorder.ondataavailable = event => parts.push(event.data);
    const stopped = new Promise(done => {
      recorder.onstop = done;
    });
    recorder.start();
    for (let i = 0; i < 10; i++) {
      paint.fillStyle = `hsl(${i * 36} 80% 50%)`;
      paint.fillRect(0, 0, 64, 64);
      await new Promise(done => requestAnimationFrame(done));
    }
    recorder.stop();
    await stopped;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  return Buffer.from(bytes);
}

/** Downloads what is chosen, which has these files and no others, byte by byte as they are on the disk. */
async function downloads(page, at, expected) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('toolbar').getByRole('button', { name: 'Download' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'Survey.zip');
  const files = unzip(readFileSync(await download.path()));
  const names = [...files.keys()].filter(name => !name.endsWith('/'));
  assert.deepEqual(names.sort(), expected.map(([name]) => name).sort());
  for (const [name, there] of expected) {
    assert.ok(files.get(name).equals(readFileSync(at(...there))), `${name} has its bytes`);
  }
}
