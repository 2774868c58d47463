import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onDisk, TELEPHONE, until } from '../lib/run.mjs';
import { makePng } from '../lib/samples.mjs';

export const title = 'history, conflicts, devices and people: seen, and put back onto a disk';

export default async function history(run) {
  const page = await run.page();
  await page.goto('/');
  const project = await run.project(page, 'Thesis');
  const device = await run.device('desk', await run.link(page, project));
  const file = name => path.join(device.folder, name);
  const nodes = () =>
    page.evaluate(
      async id => (await (await fetch(`/v1/projects/${id}/nodes/0/children`)).json()).nodes,
      project,
    );
  const there = (name, holds = node => node !== undefined) =>
    until(`${name} is as it should be`, async () => holds((await nodes()).find(node => node.name === name)));

  const first = Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n');
  writeFileSync(file('chapter.md'), `${first}\n`);
  await there('chapter.md');
  const second = first.replace('line 20', 'line twenty');
  writeFileSync(file('chapter.md'), `${second}\nand more\n`);
  await there('chapter.md', node => node?.size === second.length + 10);
  writeFileSync(file('chapter (conflict of tablet).md'), 'of the tablet\n');
  writeFileSync(file('gone.txt'), 'not for long\n');
  await there('gone.txt');
  rmSync(file('gone.txt'));
  writeFileSync(file('plate.png'), makePng(320, 200, 1));
  await there('plate.png');
  writeFileSync(file('plate.png'), makePng(320, 200, 2));
  await there('gone.txt', node => node === undefined);

  // Versions side by side, and the first one back on the disk.
  await page.goto(`/projects/${project}/history`);
  await page.locator('main strong', { hasText: 'desk' }).first().waitFor();
  await run.look(page, 'history');
  const chapter = (await nodes()).find(node => node.name === 'chapter.md');
  await page.goto(`/projects/${project}/history/${chapter.id}`);
  const differences = page.getByRole('region', { name: 'Differences by line' });
  await differences.locator('ins', { hasText: 'line twenty' }).waitFor();
  assert.deepEqual(await differences.locator('del').allTextContents(), ['line 20']);
  assert.deepEqual(await differences.locator('ins').allTextContents(), ['line twenty', 'and more']);
  await page.getByText('−1 line', { exact: true }).waitFor();
  await page.getByText('+2 lines', { exact: true }).waitFor();
  await run.look(page, 'versions');
  await page.getByRole('button', { name: /^Restore the version/ }).click();
  await until(
    'the first version is on disk',
    () => readFileSync(file('chapter.md'), 'utf8') === `${first}\n`,
  );

  // Two images beside and over one another; the left one is the first.
  const plate = (await nodes()).find(node => node.name === 'plate.png');
  await page.goto(`/projects/${project}/history/${plate.id}`);
  const comparison = page.getByRole('region', { name: 'Comparison' });
  await comparison.locator('figure').nth(1).waitFor();
  const shown = async () =>
    Promise.all(
      (await comparison.locator('img').all()).map(image =>
        image.evaluate(async element => {
          await element.decode();
          return [...new Uint8Array(await (await fetch(element.src)).arrayBuffer())];
        }),
      ),
    );
  const plates = [1, 2].map(seed => [...makePng(320, 200, seed)]);
  assert.deepEqual(await shown(), plates);
  await run.shoot(page, 'versions-images');
  await page.getByText('Over one another').click();
  await page.getByRole('slider').fill('30');
  assert.deepEqual(await shown(), plates);
  await run.look(page, 'versions-images-over');
  await page
    .getByRole('radio', { name: /on the left$/ })
    .first()
    .press('Space');
  await page.getByText('One version so far').or(page.getByText('Both have the same content')).waitFor();

  // What was deleted is back.
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('link', { name: 'Deleted' }).click();
  await page.getByRole('button', { name: 'Restore gone.txt' }).waitFor();
  await run.look(page, 'deleted');
  await page.getByRole('button', { name: 'Restore gone.txt' }).click();
  await onDisk(file('gone.txt'));
  assert.equal(readFileSync(file('gone.txt'), 'utf8'), 'not for long\n');

  // A conflict: both sides, and a choice.
  await page.getByRole('link', { name: 'Conflicts' }).click();
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByText('of the tablet', { exact: true }).waitFor();
  await run.look(page, 'conflicts');
  await page.getByRole('button', { name: 'Keep ours' }).click();
  await page.getByRole('heading', { name: 'No conflict' }).waitFor();
  await until('the copy has the name', () => readFileSync(file('chapter.md'), 'utf8') === 'of the tablet\n');
  await onDisk(file('chapter (conflict of tablet).md'), false);

  // Two more, settled the other ways: theirs alone, and both under names of their own.
  for (const name of ['poem', 'song']) {
    writeFileSync(file(`${name}.md`), 'theirs\n');
    await there(`${name}.md`);
    writeFileSync(file(`${name} (conflict of tablet).md`), 'of the tablet\n');
  }
  const conflict = name =>
    page
      .getByRole('list', { name: 'Conflicts' })
      .getByRole('listitem')
      .filter({ has: page.getByRole('link', { name: `${name}.md`, exact: true }) });
  await until('both conflicts are known', async () => {
    const names = (await nodes()).map(node => node.name);
    return ['poem', 'song'].every(name => names.includes(`${name} (conflict of tablet).md`));
  });
  await page.reload();
  await conflict('poem').getByRole('button', { name: 'Keep theirs' }).click();
  await conflict('poem').waitFor({ state: 'detached' });
  await onDisk(file('poem (conflict of tablet).md'), false);
  assert.equal(readFileSync(file('poem.md'), 'utf8'), 'theirs\n');
  await conflict('song').getByRole('button', { name: 'Keep both versions of song.md' }).click();
  await page.getByRole('heading', { name: 'No conflict' }).waitFor();
  await onDisk(file('song (conflict of tablet).md'), false);
  assert.equal(readFileSync(file('song.md'), 'utf8'), 'theirs\n');
  await until('both versions are there', async () => {
    const sizes = (await nodes()).filter(node => node.name.startsWith('song')).map(node => node.size);
    return sizes.length === 2 && sizes.includes('of the tablet\n'.length);
  });

  // Devices and people.
  await page.getByRole('link', { name: 'Devices' }).click();
  await page.getByText(/^in step, proved at/).waitFor();
  await run.look(page, 'devices');
  await page.getByRole('button', { name: 'What to do with desk' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Rename' }).press('Enter');
  await page.getByRole('textbox', { name: 'Name' }).fill('Desk by the window');
  await page.keyboard.press('Enter');
  await page.getByText('Desk by the window', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByLabel('Role of desk').selectOption('viewer');
  await page.getByText(/^desk.* may read$/).waitFor();
  await run.look(page, 'people');
  await page.getByLabel('Role of desk').selectOption('editor');
  await page.getByText(/^desk.* may change$/).waitFor();

  // What a device did is undone, after a look at what that means.
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('button', { name: 'Undo a device’s changes' }).click();
  await page.getByRole('dialog').getByLabel('Device').selectOption({ label: 'Desk by the window' });
  await page.getByRole('button', { name: 'See what would be done' }).click();
  await page.getByRole('dialog', { name: /^Undo what|^There is nothing/ }).waitFor();
  await run.look(page, 'undo');
  assert.ok(await page.getByText('Nothing has been changed yet').isVisible());
  await page.keyboard.press('Escape');

  // Another device makes a mess, and somebody mends a part of it; the rest is undone.
  const plain = { 'plan.txt': 'our plan\n', 'list.txt': 'our list\n', 'sum.txt': 'our sum\n' };
  for (const [name, text] of Object.entries(plain)) {
    writeFileSync(file(name), text);
  }
  await there('sum.txt');
  const lent = await run.device('lent', await run.link(page, project));
  const theirs = name => path.join(lent.folder, name);
  for (const name of Object.keys(plain)) {
    await onDisk(theirs(name));
  }
  writeFileSync(theirs('plan.txt'), 'a mess\n');
  writeFileSync(theirs('sum.txt'), 'a mess\n');
  rmSync(theirs('list.txt'));
  writeFileSync(theirs('junk.txt'), 'junk\n');
  await onDisk(file('junk.txt'));
  await onDisk(file('list.txt'), false);
  await until('the mess is here', () =>
    ['plan.txt', 'sum.txt'].every(name => readFileSync(file(name), 'utf8') === 'a mess\n'),
  );
  writeFileSync(file('sum.txt'), 'mended\n');
  await until('it is mended there', () => readFileSync(theirs('sum.txt'), 'utf8') === 'mended\n');
  await page.reload();
  await page.getByRole('button', { name: 'Undo a device’s changes' }).click();
  await page.getByRole('dialog').getByLabel('Device').selectOption({ label: 'lent' });
  await page.getByRole('button', { name: 'See what would be done' }).click();
  await page.getByRole('dialog', { name: 'Undo what lent did?' }).waitFor();
  await run.look(page, 'undo-planned');
  await page.getByRole('button', { name: 'Undo 3 changes' }).click();
  await page.getByText('3 entries of lent put back').waitFor();
  await onDisk(file('junk.txt'), false);
  await onDisk(file('list.txt'));
  await until('the plan is back', () => readFileSync(file('plan.txt'), 'utf8') === plain['plan.txt']);
  assert.equal(readFileSync(file('list.txt'), 'utf8'), plain['list.txt']);
  assert.equal(readFileSync(file('sum.txt'), 'utf8'), 'mended\n');

  // Who lent it takes it back: the device is refused from then on.
  await page.getByRole('link', { name: 'Devices' }).click();
  await page.getByRole('button', { name: 'What to do with lent' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Revoke' }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('1 revoked device').click();
  await page.getByRole('list', { name: 'Revoked devices' }).getByText('lent', { exact: true }).waitFor();
  await run.look(page, 'devices-revoked');

  await page.setViewportSize(TELEPHONE);
  for (const part of ['history', 'deleted', 'conflicts', 'devices', 'people', `history/${chapter.id}`]) {
    await page.goto(`/projects/${project}/${part}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(beyond <= 0, `${part} is ${beyond} px too wide`);
  }
}
