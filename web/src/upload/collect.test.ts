import { describe, expect, it } from 'vitest';
import { type Chosen, type Handle, mayRead, ofDrop, ofHandles, ofList } from './collect';

/** A folder's entries by name; text is a file's. */
interface Tree {
  [name: string]: string | Tree;
}

/** What a browser hands out a portion at a time. */
const PORTION = 2;

function fileOf(name: string, text: string, path = ''): File {
  const file = new File([text], name);
  Object.defineProperty(file, 'webkitRelativePath', { value: path });
  return file;
}

function entryOf(name: string, tree: string | Tree): FileSystemEntry {
  if (typeof tree === 'string') {
    return {
      name,
      isFile: true,
      isDirectory: false,
      file: (resolve: (file: File) => void) => resolve(fileOf(name, tree)),
    } as unknown as FileSystemEntry;
  }
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      const left = Object.entries(tree).map(([child, below]) => entryOf(child, below));
      return {
        readEntries: (resolve: (some: FileSystemEntry[]) => void) => resolve(left.splice(0, PORTION)),
      };
    },
  } as unknown as FileSystemEntry;
}

function handleOf(name: string, tree: string | Tree): Handle {
  return (typeof tree === 'string'
    ? { name, kind: 'file', getFile: async () => fileOf(name, tree) }
    : {
        name,
        kind: 'directory',
        async *values() {
          for (const [child, below] of Object.entries(tree)) {
            yield handleOf(child, below);
          }
        },
      }) as unknown as Handle;
}

interface Item {
  kind: string;
  entry?: FileSystemEntry | null;
  handle?: Handle | null | undefined;
  plain?: File;
}

function dropOf(items: readonly Item[], handles: boolean): DataTransfer {
  return {
    items: items.map(({ kind, entry = null, handle }) => ({
      kind,
      webkitGetAsEntry: () => entry,
      ...(handles && { getAsFileSystemHandle: async () => handle }),
    })),
    files: items.flatMap(({ plain }) => (plain === undefined ? [] : [plain])),
  } as unknown as DataTransfer;
}

async function seen({ files, folders }: Chosen): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const { path, file } of files) {
    all[path.join('/')] = await file.text();
  }
  for (const path of folders) {
    all[`${path.join('/')}/`] = '';
  }
  return all;
}

const TREE: Tree = {
  'a.txt': 'a',
  'b.txt': 'b',
  deep: { 'c.txt': 'c', deeper: { 'd.txt': 'd' }, empty: {} },
  'e.txt': 'e',
  nothing: {},
};
const SEEN = {
  'Work/a.txt': 'a',
  'Work/b.txt': 'b',
  'Work/deep/c.txt': 'c',
  'Work/deep/deeper/d.txt': 'd',
  'Work/e.txt': 'e',
  'Work/deep/empty/': '',
  'Work/nothing/': '',
};

describe('what a file field has', () => {
  it('is files by their names, or by their paths in a folder', async () => {
    const chosen = ofList([fileOf('a.txt', 'a'), fileOf('c.txt', 'c', 'Work/deep/c.txt')]);
    expect(await seen(chosen)).toEqual({ 'a.txt': 'a', 'Work/deep/c.txt': 'c' });
    expect(chosen.handles).toEqual([]);
  });
});

describe('what is dropped', () => {
  it('is walked all the way down, a portion at a time, with empty folders', async () => {
    const chosen = await ofDrop(
      dropOf(
        [
          { kind: 'file', entry: entryOf('Work', TREE), plain: fileOf('Work', '') },
          { kind: 'file', entry: entryOf('alone.txt', 'alone'), plain: fileOf('alone.txt', 'alone') },
        ],
        false,
      ),
    );
    expect(await seen(chosen)).toEqual({ ...SEEN, 'alone.txt': 'alone' });
    expect(chosen.handles).toEqual([]);
  });

  it('is kept as handles where the browser gives one for each', async () => {
    const handle = handleOf('Work', TREE);
    const chosen = await ofDrop(dropOf([{ kind: 'file', handle, plain: fileOf('Work', '') }], true));
    expect(await seen(chosen)).toEqual(SEEN);
    expect(chosen.handles).toEqual([handle]);
  });

  it.each([null, undefined])('is had without handles where one is %s', async nothing => {
    const chosen = await ofDrop(
      dropOf(
        [
          {
            kind: 'file',
            handle: handleOf('Work', TREE),
            entry: entryOf('Work', TREE),
            plain: fileOf('Work', ''),
          },
          { kind: 'file', handle: nothing, entry: entryOf('x', 'x'), plain: fileOf('x', 'x') },
        ],
        true,
      ),
    );
    expect(await seen(chosen)).toEqual({ ...SEEN, x: 'x' });
    expect(chosen.handles).toEqual([]);
  });

  it('is a plain file where the browser knows no entries, and text is nothing', async () => {
    const chosen = await ofDrop(
      dropOf([{ kind: 'string' }, { kind: 'file', plain: fileOf('x.txt', 'x') }], false),
    );
    expect(await seen(chosen)).toEqual({ 'x.txt': 'x' });
  });

  it('is nothing where nothing was', async () => {
    expect(await ofDrop(dropOf([], true))).toEqual({ files: [], folders: [], handles: [] });
  });
});

describe('handles that were kept', () => {
  it('give their files again', async () => {
    const handles = [handleOf('Work', TREE), handleOf('alone.txt', 'alone')];
    const chosen = await ofHandles(handles);
    expect(await seen(chosen)).toEqual({ ...SEEN, 'alone.txt': 'alone' });
    expect(chosen.handles).toEqual(handles);
  });

  it('are read where everyone of them gives leave, or needn’t be asked', async () => {
    const asking = (answer: string) => ({ requestPermission: async () => answer }) as unknown as Handle;
    const silent = {} as unknown as Handle;
    expect(await mayRead([])).toBe(true);
    expect(await mayRead([asking('granted'), silent])).toBe(true);
    expect(await mayRead([silent, asking('granted'), asking('denied')])).toBe(false);
    expect(await mayRead([asking('prompt')])).toBe(false);
  });
});
