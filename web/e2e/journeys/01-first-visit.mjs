import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { row, TELEPHONE } from '../lib/run.mjs';

export const title = 'a first visit: log in, create a project, join a device, see its first file';

export default async function firstVisit(run) {
  const page = await run.page({ loggedIn: false });
  await page.goto('/');
  await page.getByLabel('Password').waitFor();
  await run.look(page, 'login');
  await page.setViewportSize(TELEPHONE);
  await run.shoot(page, 'login-telephone');
  await page.setViewportSize({ width: 1280, height: 800 });

  page.expected.push(/401/);
  await page.getByLabel('Password').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('password is wrong').waitFor();
  await run.logIn(page);

  await page.getByRole('button', { name: 'Create a project' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Field work');
  await run.look(page, 'create-project');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();

  await page.getByRole('heading', { name: 'Join your first device' }).waitFor();
  await run.look(page, 'empty-project');
  await page.getByRole('main').getByRole('button', { name: 'Join a device' }).last().click();
  await page.getByRole('radio', { name: 'May change' }).waitFor({ state: 'attached' });
  await run.look(page, 'join-device-role');
  await page.getByRole('button', { name: 'Make a join link' }).click();
  await page.getByRole('img', { name: 'QR code' }).waitFor();
  await page.getByText('Waiting for the device…').waitFor();
  await run.look(page, 'join-device');

  const link = await page.getByRole('dialog').locator('code').last().textContent();
  assert.match(link, /^syncline:\/\//);
  const device = await run.device('field-laptop', link);
  await page.getByText('field-laptop joined').waitFor();
  await run.shoot(page, 'join-device-came');
  await page.getByRole('button', { name: 'Done' }).click();

  writeFileSync(path.join(device.folder, 'first.txt'), 'the first file\n');
  await row(page, 'first.txt').waitFor();
  await page.getByRole('link', { name: 'All projects' }).click();
  await page.getByText('1 device in step').waitFor();
  await run.look(page, 'projects');

  await page.getByRole('button', { name: 'Account admin' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
  await page.getByRole('button', { name: 'Account admin' }).click();
  await run.axe(page, 'the account menu');
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.getByLabel('Password').waitFor();
}
