import { row } from '../lib/run.mjs';

export const title = 'a lost connection is said, and that it is back';

export default async function connection(run) {
  const page = await run.page();
  page.expected.push(/ERR_INTERNET_DISCONNECTED/);
  await page.goto('/');
  const project = await run.project(page, 'Away');
  await page.goto(`/projects/${project}`);
  await page.getByRole('heading', { name: 'Join your first device' }).waitFor();
  await page.context().setOffline(true);
  await page.getByText('The connection to the server is lost').waitFor();
  await run.look(page, 'connection-lost');

  // What happens meanwhile, in another browser.
  const other = await run.page();
  await other.goto(`/projects/${project}`);
  await other.getByRole('main').getByRole('button', { name: 'New folder' }).last().click();
  await other.getByLabel('Name', { exact: true }).fill('Meanwhile');
  await other.keyboard.press('Enter');
  await row(other, 'Meanwhile').waitFor();

  await page.context().setOffline(false);
  await page.getByText('Connected again').waitFor();
  await run.look(page, 'connection-back');
  await row(page, 'Meanwhile').waitFor();
}
