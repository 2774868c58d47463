import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TELEPHONE, until } from '../lib/run.mjs';

export const title =
  'the operator: what is stored and done, accounts, quotas, settings, and who changed them';

const BYTES = 3 << 20;

export default async function operator(run) {
  const page = await run.page();
  await page.goto('/');
  const ask = address => page.evaluate(async to => (await fetch(to)).json(), address);
  // On a second try the names of the first one are taken.
  const { accounts } = await ask('/v1/admin/accounts?limit=100');
  const again = accounts.some(one => one.name === 'ben') ? '-2' : '';
  const name = `ben${again}`;
  const archive = `Archive${again}`;
  const project = await run.project(page, archive);
  const source = path.join(run.work, 'archive');
  mkdirSync(source, { recursive: true });
  const noise = randomBytes(BYTES);
  writeFileSync(path.join(source, 'once.bin'), noise);
  writeFileSync(path.join(source, 'again.bin'), noise);
  await page.goto(`/projects/${project}`);
  await page
    .getByLabel('Files to upload')
    .setInputFiles(['once.bin', 'again.bin'].map(name => path.join(source, name)));
  await page.getByRole('region', { name: 'Uploads' }).getByText('had to travel').waitFor();
  await page.getByRole('button', { name: /^Dismiss once.bin/ }).click();
  const messages = page.getByRole('region', { name: 'Messages' });
  const look = async picture => {
    for (const button of (await messages.getByRole('button', { name: 'Dismiss' }).all()).reverse()) {
      await button.click();
    }
    await run.look(page, picture);
  };

  // An account: made, shown its password once, given a quota, disabled.
  const server = page.getByRole('navigation', { name: 'Server' });
  await server.getByRole('link', { name: 'Accounts' }).press('Enter');
  await page.getByRole('button', { name: 'Create an account' }).press('Enter');
  await page.getByRole('dialog').getByLabel('Name').fill(name);
  await run.look(page, 'operator-create-account');
  await page.keyboard.press('Enter');
  const made = page.getByRole('dialog', { name: `The account ${name} is made` });
  await made.getByRole('button', { name: 'Copy the password' }).waitFor();
  await run.axe(page, 'a password that is shown once');
  const password = (await made.locator('code').last().textContent()) ?? '';
  assert.ok(password.length >= 16, 'a password that can’t be guessed');
  await page.getByRole('button', { name: 'Done' }).press('Enter');
  const does = async what => {
    await page.getByRole('button', { name: `What to do with ${name}` }).press('Enter');
    await page.getByRole('menuitem', { name: what }).press('Enter');
  };
  const ben = page.getByRole('list', { name: 'Accounts' }).getByRole('listitem').filter({ hasText: name });
  await does('Quota');
  await page
    .getByRole('dialog', { name: `Quota of ${name}` })
    .getByLabel('Content')
    .fill('500 GB');
  await run.look(page, 'operator-quota');
  await page.keyboard.press('Enter');
  await ben.getByText('0 bytes of 500 GB').waitFor();
  const accountRows = page.getByRole('list', { name: 'Accounts' }).getByRole('listitem');
  const finds = page.getByLabel('Accounts whose names begin so');
  await finds.fill('B');
  await accountRows.filter({ hasText: 'admin' }).waitFor({ state: 'detached' });
  await ben.waitFor();
  await finds.fill('nobody begins so');
  await page.getByText('No account begins with').waitFor();
  await finds.press('Escape');
  await accountRows.filter({ hasText: 'admin' }).waitFor();
  await look('operator-accounts');

  // Who is no operator sees nothing of it, and a disabled account not even the page.
  const other = await run.page({ loggedIn: false });
  other.expected.push(/401|403/);
  await other.goto('/server');
  await other.getByLabel('Account').fill(name);
  await other.getByLabel('Password').fill(password);
  await other.keyboard.press('Enter');
  await other.getByRole('heading', { name: 'Only for operators' }).waitFor();
  assert.equal(await other.getByRole('navigation', { name: 'Server' }).count(), 0);
  assert.equal(await other.evaluate(async () => (await fetch('/v1/admin/overview')).status), 403);
  await does('Disable');
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).press('Enter');
  await ben.getByText('disabled').waitFor();
  await other.goto('/');
  await other.getByLabel('Password').waitFor();

  // A setting: refused beyond its bounds, changed, in the log, and back to its default.
  await server.getByRole('link', { name: 'Settings' }).press('Enter');
  await page.getByRole('list', { name: 'Settings' }).waitFor();
  const { settings } = await ask('/v1/admin/settings');
  const setting = settings.find(one => one.unit === 'seconds');
  const row = page.getByRole('listitem').filter({ has: page.getByText(setting.name, { exact: true }) });
  const field = row.getByRole('textbox');
  await field.fill(`${setting.max + 1}`);
  await row.getByText(/^From .* to /).waitFor();
  assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled());
  const value = setting.value === setting.max ? setting.min : setting.max;
  await field.fill(`${value}`);
  await page.getByText('1 change not saved yet').waitFor();
  await look('operator-settings');
  await field.press('Enter');
  await row.getByText('changed', { exact: true }).waitFor();
  assert.equal(
    (await ask('/v1/admin/settings')).settings.find(one => one.name === setting.name).value,
    value,
  );

  await server.getByRole('link', { name: 'Audit log' }).press('Enter');
  const entries = page.getByRole('main').getByRole('listitem');
  await entries
    .filter({ hasText: `admin changed the setting ${setting.name}` })
    .first()
    .waitFor();
  await entries.filter({ hasText: `admin created the account ${name}` }).waitFor();
  await entries.filter({ hasText: `${name} logged in` }).waitFor();
  await look('operator-audit');
  const choice = page.getByRole('combobox', { name: 'Account' });
  await choice.fill(name.toUpperCase());
  await page.getByRole('option', { name, exact: true }).waitFor();
  await run.axe(page, 'accounts that are offered');
  await choice.press('Enter');
  await until('only what ben did is listed', async () => {
    const found = await entries.locator('strong').first().allTextContents();
    return found.length > 0 && (await entries.filter({ hasText: 'admin created' }).count()) === 0;
  });

  await server.getByRole('link', { name: 'Settings' }).press('Enter');
  await row.getByRole('button', { name: 'Back to the default' }).press('Enter');
  await row.getByText('changed', { exact: true }).waitFor({ state: 'detached' });

  // What was uploaded is in the figures, twice as files and once as pieces: measured once a minute.
  await server.getByRole('link', { name: 'Overview' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await until('the upload is measured', async () => {
    const { projects } = await ask('/v1/admin/projects?sort=largest&limit=100');
    return projects.find(one => one.id === project)?.contentBytes === 2 * BYTES;
  });
  await page.getByLabel('Which projects').selectOption({ label: 'The largest' });
  const line = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: archive }) });
  await line.getByText('6.3 MB').waitFor();
  const { storage } = await ask('/v1/admin/overview');
  assert.ok(storage.contentBytes >= 2 * BYTES, `${storage.contentBytes} bytes of files`);
  assert.ok(storage.blockBytes > BYTES && storage.storedBytes > 0, 'the pieces are counted');
  await page
    .getByRole('region', { name: 'Storage' })
    .getByText(/\d (bytes|kB|MB|GB)/)
    .first()
    .waitFor();

  // Charts: drawn, told in words, and gone through by the keyboard.
  const chart = page.getByRole('figure', { name: 'Requests' });
  await until('a request is in the chart', async () =>
    /all: .*\/s now, at most/.test((await chart.getByRole('img').getAttribute('aria-label')) ?? ''),
  );
  const moments = page.getByRole('slider', { name: 'Moment in Requests' });
  await moments.press('Home');
  await moments.press('End');
  assert.match(
    (await moments.getAttribute('aria-valuetext')) ?? '',
    /^\d\d:\d\d:\d\d: all .*\/s, failed 0\/s$/,
  );
  await page.getByRole('radio', { name: 'A day' }).press('Space');
  await page.getByText('a point every 60 s').waitFor();
  await page.getByRole('radio', { name: '15 minutes' }).press('Space');
  await page.getByText('a point every 10 s').waitFor();
  await page.getByRole('heading', { level: 1 }).click();
  await look('operator-overview');
  await page.getByRole('region', { name: 'Over time' }).evaluate(part => part.scrollIntoView());
  assert.equal(await page.evaluate(() => document.documentElement.scrollTop), 0, 'only the page scrolls');
  await run.shoot(page, 'operator-charts');
  await page.getByRole('button', { name: 'Dry run' }).press('Enter');
  await page.getByText('The dry run has begun').waitFor();
  const runs = page.getByRole('region', { name: 'Runs of the collector' });
  await runs.getByText('dry run').first().waitFor();

  // A quota of a project.
  await page.getByRole('button', { name: `Quota of ${archive}` }).press('Enter');
  await page.getByRole('dialog').getByLabel('Content').fill('much');
  await page.getByText('Type a size such as 500 GB').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Set the quota' }).isDisabled());
  await page.getByRole('dialog').getByLabel('Content').fill('10 MB');
  await page.keyboard.press('Enter');
  await line.getByText('6.3 MB of 10.0 MB').waitFor();
  assert.equal((await ask(`/v1/projects/${project}/quota`)).bytesMax, 10_000_000);

  await page.setViewportSize(TELEPHONE);
  for (const part of ['', '/accounts', '/settings', '/audit']) {
    await page.goto(`/server${part}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('main').getByRole('list').first().waitFor();
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(beyond <= 0, `${part} is ${beyond} px too wide`);
    await run.look(page, `operator-narrow${part.replace('/', '-')}`);
  }
}
