import assert from 'node:assert/strict';
import { until } from '../lib/run.mjs';

export const title = 'a million rows: every one can be reached, few are drawn';

const ROWS = 1_000_000;

/** What no frame may take. */
const FRAME_MILLIS_MAX = 50;
const name = index => `file ${String(index).padStart(7, '0')}.dat`;

/** Answers about one folder as the server would, so that a million rows cost no million commits. */
async function pretend(page, asked) {
  await page.route(/\/nodes\/0\/(children|pages|position)/, async route => {
    const url = new URL(route.request().url());
    const kind = url.pathname.split('/').at(-1);
    asked.push(kind);
    const desc = url.searchParams.get('order') === 'desc';
    const node = index => {
      const i = desc ? ROWS - 1 - index : index;
      return {
        id: i + 1,
        parent: 0,
        name: name(i),
        kind: 'file',
        mtime: '1767323045678901234',
        size: i,
        level: 0,
        hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
        sequence: i + 1,
        device: '00112233445566778899aabbccddeeff',
      };
    };
    if (kind === 'pages') {
      const size = Number(url.searchParams.get('size'));
      const pages = Array.from({ length: Math.ceil(ROWS / size) }, (_, i) => `c${i * size}`);
      return route.fulfill({ json: { version: 1, total: ROWS, directories: 0, size, pages } });
    }
    if (kind === 'position') {
      const digits = url.searchParams.get('prefix').replace(/^file ?/, '');
      const index = Number(digits.padEnd(7, '0'));
      const found = Number.isInteger(index) && index < ROWS;
      return route.fulfill({
        json: { version: 1, total: ROWS, ...(found && { row: { index, cursor: `c${index}` } }) },
      });
    }
    const from = Number((url.searchParams.get('from') ?? 'c0').slice(1));
    const limit = Math.min(Number(url.searchParams.get('limit')), ROWS - from);
    const nodes = Array.from({ length: limit }, (_, i) => node(from + i));
    return route.fulfill({ json: { nodes, version: 1, total: ROWS } });
  });
}

/** What each frame of a scroll costs the page's thread, in milliseconds of processor time, in order. */
async function frameCosts(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(metric => metric.name === 'TaskDuration').value * 1000;
  };
  const costs = [];
  for (let i = 0; i < 90; i++) {
    const before = await spent();
    await page.evaluate(
      async by => {
        document.querySelector('[role=grid]').scrollTop += by;
        // Until what the scroll led to is drawn.
        await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
      },
      i % 10 === 9 ? 90_000 : 90,
    );
    costs.push((await spent()) - before);
  }
  await session.detach();
  assert.ok(
    costs.some(cost => cost > 0),
    'frames cost something',
  );
  return costs.sort((a, b) => a - b);
}

export default async function million(run) {
  const page = await run.page();
  await page.goto('/');
  const project = await run.project(page, 'Large');
  const asked = [];
  await pretend(page, asked);
  await page.goto(`/projects/${project}`);
  await page.getByText(name(0), { exact: true }).waitFor();
  await page.getByText('1,000,000 entries').waitFor();
  const list = page.getByRole('grid');
  assert.equal(await list.getAttribute('aria-rowcount'), '1000001');
  await list.focus();
  const inSight = index =>
    page.waitForFunction(text => {
      const box = document.querySelector('[role=grid]').getBoundingClientRect();
      return [...document.querySelectorAll('[role=row][id]')].some(row => {
        const at = row.getBoundingClientRect();
        return row.textContent.includes(text) && at.top >= box.top && at.bottom <= box.bottom + 1;
      });
    }, name(index));

  await page.keyboard.press('End');
  await inSight(ROWS - 1);
  await page.keyboard.press('Home');
  await inSight(0);
  await page.keyboard.type('file 0734');
  await inSight(734_000);
  await page.keyboard.press('PageDown');
  await page.keyboard.press('ArrowDown');

  // The scroll bar: half of it is half of the list, its end the end.
  const scrollTo = part =>
    page.evaluate(to => {
      const element = document.querySelector('[role=grid]');
      element.scrollTop = to * (element.scrollHeight - element.clientHeight);
    }, part);
  await scrollTo(0.5);
  await page.waitForFunction(() => /file 0(499|500)/.test(document.querySelector('[role=grid]').textContent));
  await run.shoot(page, 'million');
  await scrollTo(1);
  await inSight(ROWS - 1);
  // Just when the list puts its scroll bar right, 150 ms after the last move: what a person does then counts.
  for (let i = 0; i < 5; i++) {
    await page.waitForTimeout(100 + 20 * i);
    await scrollTo(0);
    await inSight(0);
    await scrollTo(1);
    await inSight(ROWS - 1);
  }

  // The wheel: by as many pixels as it says, so that no row is passed over.
  await page.mouse.move(640, 400);
  const first = () =>
    page.evaluate(() => Number(document.querySelector('[role=row][id] [role=gridcell]').title.slice(5, 12)));
  await scrollTo(0.5);
  await page.waitForFunction(() => /file 0(499|500)/.test(document.querySelector('[role=grid]').textContent));
  await page.waitForTimeout(400);
  const before = await first();
  for (let i = 0; i < 10; i++) {
    await page.mouse.wheel(0, 360);
    await page.waitForTimeout(30);
  }
  await until('the wheel moved a hundred rows', async () => Math.abs((await first()) - before - 100) <= 1);

  // Scrolled for a while: in processor time of the page's thread, as a busy machine's clock proves nothing.
  const costs = await frameCosts(page);
  const at = part => costs[Math.floor(part * (costs.length - 1))].toFixed(1);
  console.log(
    `      processor time of a frame while scrolling: median ${at(0.5)} ms, 95 % within ${at(0.95)} ms, most ${at(1)} ms`,
  );
  assert.ok(costs.at(-1) <= FRAME_MILLIS_MAX, `a frame took ${at(1)} ms of processor time`);
  assert.ok((await page.locator('[role=row]').count()) < 120, 'only what is in sight is drawn');
  assert.ok(asked.filter(kind => kind === 'pages').length <= 2, 'the map was asked for once');
  await run.axe(page, 'a million rows');
}
