// Runs the journeys in a real browser against a real server. Started by PageTest; what it is told comes from the
// environment, see README.md. Ends with 1 where anything failed, the browser's console included.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { Run } from './lib/run.mjs';

const BROWSER = process.env.SYNCLINE_BROWSER ?? '/usr/bin/chromium';
const OPTIONS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

if (!existsSync(BROWSER)) {
  console.error(
    `There is no browser at ${BROWSER}. The page is tested in Chromium (Debian: apt-get install chromium); ` +
      'where it lies elsewhere, set SYNCLINE_BROWSER.',
  );
  process.exit(69);
}

const wanted = process.argv.slice(2);
const journeys = readdirSync(new URL('journeys/', import.meta.url))
  .filter(file => file.endsWith('.mjs'))
  .filter(file => wanted.length === 0 || wanted.some(word => file.includes(word)))
  .sort();

const browser = await chromium.launch({ executablePath: BROWSER, headless: true, args: OPTIONS });
let failures = 0;
const run = new Run(browser, process.env);
mkdirSync(run.shots, { recursive: true });
try {
  for (const file of journeys) {
    const { title, default: journey } = await import(`./journeys/${file}`);
    const began = Date.now();
    try {
      await journey(run);
      run.checkConsole();
      console.log(`ok    ${title} (${Date.now() - began} ms)`);
    } catch (failure) {
      failures++;
      console.log(`FAIL  ${title} (${Date.now() - began} ms)\n${failure.stack ?? failure}`);
      await run.shootFailure(file);
    } finally {
      await run.endJourney();
    }
  }
} finally {
  await run.close();
  await browser.close();
}
console.log(
  `${journeys.length - failures} of ${journeys.length} journeys passed; pictures are in ${run.shots}`,
);
process.exit(failures === 0 && journeys.length > 0 ? 0 : 1);
