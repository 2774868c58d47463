import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Handle } from './collect';
import { doneFiles, forget, type Kept, keep, markDone, tab, unfinished } from './kept';

const NOW = 1_700_000_000_000;
let number = 0;

/** An upload of this account in this window, under an id of its own. */
function upload(more: Partial<Kept> = {}): Kept {
  number++;
  return {
    id: `upload ${number}`,
    account: `account ${number}`,
    tab: tab(),
    alive: NOW,
    project: 'p',
    folder: 0,
    folderName: 'Files',
    title: 'film.bin',
    handles: [],
    directory: false,
    files: 1,
    bytes: 1,
    ...more,
  };
}

beforeEach(() => {
  vi.spyOn(Date, 'now').mockReturnValue(NOW);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('uploads that are kept', () => {
  it('are found by the same window and account, as they were', async () => {
    const mine = upload({ policy: 'both' });
    await keep(mine);
    expect(await unfinished(mine.account)).toEqual([mine]);
    expect(await unfinished('somebody else')).toEqual([]);
    await keep({ ...mine, policy: 'skip' });
    expect((await unfinished(mine.account)).map(one => one.policy)).toEqual(['skip']);
  });

  it('are another window’s as long as that says so', async () => {
    const theirs = upload({ tab: 'another', alive: NOW - 30_000 });
    await keep(theirs);
    expect(await unfinished(theirs.account)).toEqual([]);
    vi.mocked(Date.now).mockReturnValue(NOW + 1);
    expect(await unfinished(theirs.account)).toEqual([theirs]);
  });

  it('are kept without handles that the browser can’t keep', async () => {
    const handle = { kind: 'file', name: 'a', getFile: () => undefined } as unknown as Handle;
    const mine = upload({ handles: [handle] });
    await keep(mine);
    expect(await unfinished(mine.account)).toEqual([{ ...mine, handles: [] }]);
  });

  it('are forgotten with what is done of them, and nothing else is', async () => {
    const mine = upload({ id: '1' });
    const other = upload({ id: '10', account: mine.account });
    for (const one of [mine, other]) {
      await keep(one);
      await markDone(one.id, [{ path: 'a', stamp: `a of ${one.id}` }]);
    }
    await forget('1');
    expect(await unfinished(mine.account)).toEqual([other]);
    expect(await doneFiles('1')).toEqual(new Map());
    expect(await doneFiles('10')).toEqual(new Map([['a', 'a of 10']]));
  });
});

describe('files that are done', () => {
  it('have the stamp that was noted last', async () => {
    await markDone('x', [
      { path: 'a', stamp: '1' },
      { path: 'folder/ü', stamp: '2' },
    ]);
    await markDone('x', [{ path: 'a', stamp: '3' }]);
    await markDone('x', []);
    expect(await doneFiles('x')).toEqual(
      new Map([
        ['a', '3'],
        ['folder/ü', '2'],
      ]),
    );
    expect(await doneFiles('nothing of it')).toEqual(new Map());
  });
});

it('a window stays the same', () => {
  expect(tab()).not.toBe('');
  expect(tab()).toBe(tab());
});
