import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';

/** Until something that happens by itself has to have happened; machines may be busy. */
const PATIENCE_MILLIS = 60_000;

/** What a desktop and a small telephone show. */
export const DESKTOP = { width: 1280, height: 800 };
export const TELEPHONE = { width: 360, height: 740 };

/** What all journeys share: the server, the browser, and devices that were joined. */
export class Run {
  #browser;
  #contexts = [];
  #devices = [];
  #complaints = [];
  #session;

  constructor(browser, environment) {
    this.#browser = browser;
    this.url = required(environment, 'SYNCLINE_URL');
    this.password = required(environment, 'SYNCLINE_PASSWORD');
    /** An empty folder for the homes and folders of devices. */
    this.work = required(environment, 'SYNCLINE_WORK');
    /** How `syncline` is started, as a JSON array. */
    this.program = JSON.parse(required(environment, 'SYNCLINE_PROGRAM'));
    /** `png`, or `jpeg` for the pictures in docs/page. */
    this.pictures = environment.SYNCLINE_PICTURES ?? 'png';
    this.shots = environment.SYNCLINE_SHOTS ?? path.join(this.work, 'shots');
  }

  /** A page of a new browser; whatever it complains about on its console fails the journey. */
  async page({ viewport = DESKTOP, scheme = 'light', loggedIn = true } = {}) {
    const context = await this.#browser.newContext({
      viewport,
      colorScheme: scheme,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      acceptDownloads: true,
      baseURL: this.url,
      ...(loggedIn && this.#session !== undefined && { storageState: this.#session }),
    });
    context.setDefaultTimeout(PATIENCE_MILLIS);
    this.#contexts.push(context);
    const page = await context.newPage();
    page.expected = [];
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) {
        this.#complain(page, `${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on('pageerror', failure => this.#complain(page, failure.stack ?? failure.message));
    if (loggedIn && this.#session === undefined) {
      await page.goto('/');
      await this.logIn(page);
      this.#session = await context.storageState();
    }
    return page;
  }

  async logIn(page) {
    await page.getByLabel('Password').fill(this.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page
      .getByRole('navigation', { name: 'Projects' })
      .or(page.getByRole('button', { name: 'Menu' }))
      .waitFor();
  }

  #complain(page, text) {
    if (!page.expected.some(pattern => pattern.test(text))) {
      this.#complaints.push(text);
    }
  }

  checkConsole() {
    assert.deepEqual(this.#complaints, [], 'the browser’s console');
  }

  /** Looks at a page in both themes: nothing for axe to find, and a picture of each. */
  async look(page, name) {
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.mouse.move(0, 0);
      await this.shoot(page, `${name}-${scheme}`);
      await this.axe(page, `${name}, ${scheme}`);
    }
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  }

  async shoot(page, name) {
    const kind = this.pictures === 'jpeg' ? { type: 'jpeg', quality: 82 } : {};
    await page.screenshot({
      path: path.join(this.shots, `${name}.${this.pictures}`),
      animations: 'disabled',
      ...kind,
    });
  }

  async axe(page, what) {
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    const told = violations.map(
      one =>
        `${one.id}: ${one.help}\n    ${one.nodes.map(node => `${node.html.slice(0, 200)}\n      ${node.failureSummary}`).join('\n    ')}`,
    );
    assert.equal(told.length, 0, `axe on ${what}:\n  ${told.join('\n  ')}`);
  }

  async shootFailure(file) {
    let number = 0;
    for (const context of this.#contexts) {
      for (const page of context.pages()) {
        number++;
        // Whatever failed may have taken the page with it.
        await page
          .screenshot({ path: path.join(this.shots, `failure-${file}-${number}.png`) })
          .catch(() => undefined);
      }
    }
  }

  /** A device with a folder of its own that is joined by this link; `syncline join` runs until the end. */
  async device(name, link) {
    const folder = path.join(this.work, name);
    const home = path.join(this.work, `${name}-home`);
    mkdirSync(folder, { recursive: true });
    const [command, ...fixed] = this.program;
    const child = spawn(command, [...fixed, '--home', home, 'join', link, folder, '--name', name, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    let said = '';
    child.stdout.on('data', bytes => {
      said += bytes;
    });
    child.stderr.on('data', bytes => {
      said += bytes;
    });
    this.#devices.push(child);
    await until(`${name} joins`, () => {
      assert.equal(child.exitCode, null, said);
      return said.includes('{');
    });
    return { folder, home };
  }

  /** What a command of `syncline` prints. */
  syncline(...args) {
    const [command, ...fixed] = this.program;
    return execFileSync(command, [...fixed, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PATIENCE_MILLIS,
    });
  }

  async endJourney() {
    this.#complaints = [];
    for (const context of this.#contexts) {
      await context.close();
    }
    this.#contexts = [];
  }

  async close() {
    for (const child of this.#devices) {
      child.kill('SIGKILL');
    }
  }

  /** A new project of the admin's, made through the API by the page's own session. */
  async project(page, name) {
    return page.evaluate(async projectName => {
      const answer = await fetch('/v1/projects', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: projectName }),
      });
      return (await answer.json()).id;
    }, name);
  }

  /** A join link of a project, made the same way. */
  async link(page, project) {
    return page.evaluate(async id => {
      const answer = await fetch(`/v1/projects/${id}/links`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ role: 'editor', uses: 5, expiresSeconds: 3600 }),
      });
      return (await answer.json()).link;
    }, project);
  }
}

function required(environment, name) {
  const value = environment[name];
  assert.ok(value, `${name} isn't set; see README.md`);
  return value;
}

/** Waits until something holds, asking again and again. */
export async function until(what, holds) {
  const deadline = Date.now() + PATIENCE_MILLIS;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `${what}: not within ${PATIENCE_MILLIS} ms`);
    await new Promise(done => setTimeout(done, 50));
  }
}

/** Waits until a file is on a device's disk, or isn't any more. */
export function onDisk(file, there = true) {
  return until(`${file} is ${there ? '' : 'not '}on disk`, () => existsSync(file) === there);
}

/** The row of a name in the list of files. */
export function row(page, name) {
  return page.locator('[role=row][id]').filter({ has: page.getByText(name, { exact: true }) });
}
