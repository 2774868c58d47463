import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Node } from '../api/client';
import { projects } from '../projects/projects';
import type { Source } from './collect';
import { Job } from './job';
import { doneFiles, type Kept, markDone, tab, unfinished } from './kept';
import type { FromWorker, ToWorker } from './messages';
import type { Policy } from './plan';
import type { UploadState } from './uploads';

const PROJECT = 'p';

/** What stands for the hash of a text. */
function hashOf(text: string): string {
  return text.padEnd(64, '.');
}

/** The members of a change that an upload sends. */
interface Change {
  create?: number;
  update?: number;
  expected?: number;
  parent?: number;
  name?: string;
}

/** A project's nodes, and how the server answers about them. */
class FakeServer {
  readonly nodes = new Map<number, Node>();
  readonly commits: Change[][] = [];
  reached = true;
  /** Commits are answered once that is over. */
  answers: Promise<void> = Promise.resolve();
  /** Told of each commit before it is judged. */
  before: (changes: readonly Change[]) => void = () => undefined;
  /** Refuses a change that would be applied. */
  refuse: (change: Change) => Record<string, unknown> | undefined = () => undefined;
  private sequence = 0;

  add(parent: number, name: string, text?: string): Node {
    const id = ++this.sequence;
    const node = {
      id,
      sequence: id,
      parent,
      name,
      kind: text === undefined ? 'directory' : 'file',
      deleted: false,
      ...(text !== undefined && { size: text.length, level: 0, hash: hashOf(text) }),
    } as unknown as Node;
    this.nodes.set(id, node);
    return node;
  }

  child(parent: number, name: string): Node | undefined {
    return [...this.nodes.values()].find(node => node.parent === parent && node.name === name);
  }

  /** All nodes by their paths; files with what stands for their content. */
  tree(): Record<string, string> {
    const pathOf = (node: Node): string => {
      const above = this.nodes.get(node.parent);
      return above === undefined ? node.name : `${pathOf(above)}/${node.name}`;
    };
    return Object.fromEntries(
      [...this.nodes.values()].map(node => [
        pathOf(node),
        node.kind === 'file' ? `${node.hash}`.replaceAll('.', '') : '/',
      ]),
    );
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    if (!this.reached) {
      throw new TypeError('Failed to fetch');
    }
    const url = new URL(request.url);
    const path = url.pathname.replace(`/v1/projects/${PROJECT}`, '');
    const children = /^\/nodes\/(\d+)\/children$/.exec(path);
    if (children !== null) {
      const from = Number(url.searchParams.get('after') ?? 0);
      const limit = Number(url.searchParams.get('limit'));
      const all = [...this.nodes.values()].filter(node => node.parent === Number(children[1]));
      const more = from + limit < all.length;
      return Response.json({
        nodes: all.slice(from, from + limit),
        total: all.length,
        ...(more && { after: `${from + limit}` }),
      });
    }
    if (path === '/resolve') {
      const found = this.child(0, url.searchParams.get('path') ?? '');
      return found === undefined
        ? new Response(JSON.stringify({ title: 'NOT_FOUND', status: 404, detail: 'nothing there' }), {
            status: 404,
            headers: { 'Content-Type': 'application/problem+json' },
          })
        : Response.json(found);
    }
    if (path === '/commits') {
      const { changes } = (await request.json()) as { changes: Change[] };
      this.before(changes);
      this.commits.push(changes);
      const results = changes.map(change => this.judge(change));
      await this.answers;
      return Response.json({ results });
    }
    throw new Error(`nobody answers ${path}`);
  };

  private judge(change: Change): Record<string, unknown> {
    const refused = this.refuse(change);
    if (refused !== undefined) {
      return refused;
    }
    if (change.create !== undefined && change.parent !== undefined && change.name !== undefined) {
      const rival = this.child(change.parent, change.name);
      if (rival !== undefined) {
        return { refused: 'NAME_TAKEN', rival };
      }
      const id = ++this.sequence;
      const { create: _, ...what } = change;
      const node = { ...what, id, sequence: id, deleted: false } as unknown as Node;
      this.nodes.set(id, node);
      return { applied: node };
    }
    if (change.update !== undefined) {
      const current = this.nodes.get(change.update);
      if (current?.sequence !== change.expected) {
        return { refused: 'STALE', current };
      }
      const { update: _, expected: __, ...what } = change;
      const node = { ...current, ...what, sequence: ++this.sequence } as unknown as Node;
      this.nodes.set(node.id, node);
      return { applied: node };
    }
    throw new Error(`no upload makes ${JSON.stringify(change)}`);
  }
}

/** Stores what it is given at once; what can't be read says so. */
class FakeWorker {
  static all: FakeWorker[] = [];
  readonly heard: ToWorker[] = [];
  terminated = false;
  private read = 0;
  onmessage: ((event: { data: FromWorker }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;

  constructor() {
    FakeWorker.all.push(this);
  }

  postMessage(message: ToWorker): void {
    this.heard.push(message);
    if (message.type === 'send') {
      this.store(message);
    }
  }

  private async store({ batch, files }: ToWorker & { type: 'send' }): Promise<void> {
    const stored = await Promise.all(
      files.map(async ({ id, file }) => {
        const text = await file.text();
        return text === UNREADABLE
          ? { id, failure: 'it can’t be read' }
          : { id, content: { level: 0, hash: hashOf(text), size: text.length } };
      }),
    );
    this.read += files.reduce((sum, { file }) => sum + file.size, 0);
    const { read } = this;
    if (!this.terminated) {
      this.onmessage?.({
        data: { type: 'progress', progress: { read, sent: read, waiting: false } } as FromWorker,
      });
      this.onmessage?.({ data: { type: 'stored', batch, files: stored } });
    }
  }

  terminate(): void {
    this.terminated = true;
  }

  /** The names of all files that it was given. */
  get given(): string[] {
    return this.heard.flatMap(one => (one.type === 'send' ? one.files.map(({ file }) => file.name) : []));
  }
}

const UNREADABLE = 'unreadable';

let server: FakeServer;
let ids = 0;

beforeEach(() => {
  server = new FakeServer();
  FakeWorker.all = [];
  vi.stubGlobal('Worker', FakeWorker);
  vi.stubGlobal('fetch', (request: Request) => server.fetch(request));
  projects.set([{ id: PROJECT, name: 'P', proof: 'proof' } as never]);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function source(path: string, text: string): Source {
  const names = path.split('/');
  return { path: names, file: new File([text], names.at(-1) ?? '', { lastModified: 1_000 }) };
}

/** An upload of these files, by path and text, and what the page is told of it. */
class Upload {
  readonly told: Partial<UploadState>[] = [];
  readonly kept: Kept;
  readonly job: Job;
  readonly ended: Promise<void>;
  /** What is said when names are taken; undefined: nothing. */
  readonly asked: { taken: number; name: string }[] = [];

  constructor(
    files: Record<string, string>,
    { policy, folders = [], kept }: { policy?: Policy; folders?: string[][]; kept?: Partial<Kept> } = {},
  ) {
    this.kept = {
      id: `job ${++ids}`,
      account: `account ${ids}`,
      tab: tab(),
      alive: Date.now(),
      project: PROJECT,
      folder: 0,
      folderName: 'Files',
      title: 'some',
      handles: [],
      directory: false,
      files: Object.keys(files).length,
      bytes: 0,
      ...kept,
    };
    const chosen = {
      files: Object.entries(files).map(([path, text]) => source(path, text)),
      folders,
      handles: [],
    };
    this.job = new Job(this.kept, chosen, change => {
      this.told.push(change);
      if (change.status === 'asking') {
        this.asked.push({ taken: change.taken ?? 0, name: change.takenName ?? '' });
        if (policy !== undefined) {
          queueMicrotask(() => this.job.decide(policy));
        }
      }
    });
    this.ended = this.job.run();
  }

  get worker(): FakeWorker {
    return FakeWorker.all.at(-1) as FakeWorker;
  }

  last<K extends keyof UploadState>(key: K): UploadState[K] | undefined {
    return this.told.findLast(change => change[key] !== undefined)?.[key];
  }

  sum(key: 'addDone' | 'addSkipped'): number {
    return this.told.reduce((sum, change) => sum + (change[key] ?? 0), 0);
  }
}

describe('an upload', () => {
  it('makes folders from the top, and commits the files in them', async () => {
    const upload = new Upload(
      { 'a.txt': 'a', 'Work/b.txt': 'bb', 'Work/deep/deeper/c.txt': 'c' },
      { folders: [['Work', 'empty']] },
    );
    await upload.ended;
    expect(server.tree()).toEqual({
      'a.txt': 'a',
      Work: '/',
      'Work/empty': '/',
      'Work/deep': '/',
      'Work/deep/deeper': '/',
      'Work/b.txt': 'bb',
      'Work/deep/deeper/c.txt': 'c',
    });
    expect(upload.last('status')).toBe('done');
    expect(upload.last('bytesDone')).toBe(4);
    expect(upload.sum('addDone')).toBe(3);
    expect(upload.asked).toEqual([]);
    expect(upload.worker.terminated).toBe(true);
    expect(await unfinished(upload.kept.account)).toEqual([]);
  });

  it('goes into folders that are there, and beside a file that has the name of one', async () => {
    server.add(0, 'Work');
    server.add(0, 'Notes', 'a file');
    await new Upload({ 'Work/a.txt': 'a', 'Notes/b.txt': 'b' }).ended;
    expect(server.tree()).toEqual({
      Work: '/',
      'Work/a.txt': 'a',
      Notes: 'a file',
      'Notes (2)': '/',
      'Notes (2)/b.txt': 'b',
    });
  });

  it('is committed in portions of 500', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_201 }, (_, i) => [`${i}.txt`, `${i}`]));
    const upload = new Upload(many);
    await upload.ended;
    expect(server.commits.map(changes => changes.length)).toEqual([500, 500, 201]);
    expect(server.nodes.size).toBe(1_201);
    expect(upload.sum('addDone')).toBe(1_201);
  });

  it('tells of files that can’t be had or named, which stop no other', async () => {
    const upload = new Upload({ 'a.txt': 'a', 'bad.txt': UNREADABLE, [`${'x'.repeat(256)}`]: 'long' });
    await upload.ended;
    expect(server.tree()).toEqual({ 'a.txt': 'a' });
    expect(upload.told.flatMap(change => (change.failure ? [change.failure.path.slice(0, 7)] : []))).toEqual([
      'xxxxxxx',
      'bad.txt',
    ]);
    expect(upload.last('status')).toBe('done');
  });

  it('fails where nothing more fits, and can be gone on with', async () => {
    server.refuse = change => (change.name === 'b.txt' ? { refused: 'QUOTA' } : undefined);
    const files = { 'a.txt': 'a', 'b.txt': 'b' };
    const upload = new Upload(files);
    await upload.ended;
    expect(upload.last('status')).toBe('failed');
    expect(upload.last('fault')).toBe('The quota is used up');
    expect(await unfinished(upload.kept.account)).toHaveLength(1);
    server.refuse = () => undefined;
    const again = new Upload(files, { kept: upload.kept, policy: 'skip' });
    await again.ended;
    expect(again.last('status')).toBe('done');
    expect(server.tree()).toEqual({ 'a.txt': 'a', 'b.txt': 'b' });
  });
});

describe('names that are taken', () => {
  beforeEach(() => {
    server.add(0, 'a.txt', 'old a');
    server.add(0, 'b.txt', 'old b');
    server.add(0, 'same.txt', 'same');
  });
  const files = { 'a.txt': 'new a', 'b.txt': 'new b', 'c.txt': 'new c' };

  it.each<[Policy, Record<string, string>]>([
    ['replace', { 'a.txt': 'new a', 'b.txt': 'new b' }],
    ['both', { 'a.txt': 'old a', 'a (2).txt': 'new a', 'b.txt': 'old b', 'b (2).txt': 'new b' }],
    ['skip', { 'a.txt': 'old a', 'b.txt': 'old b' }],
  ])('are asked about once for all: %s', async (policy, expected) => {
    const upload = new Upload(files, { policy });
    await upload.ended;
    expect(server.tree()).toEqual({ ...expected, 'c.txt': 'new c', 'same.txt': 'same' });
    expect(upload.asked).toEqual([{ taken: 2, name: 'a.txt' }]);
    expect(upload.sum('addSkipped')).toBe(policy === 'skip' ? 2 : 0);
    expect(upload.sum('addDone')).toBe(3);
    expect(upload.worker.given).toEqual(policy === 'skip' ? ['c.txt'] : Object.keys(files));
  });

  it('are replaced as versions of what was there', async () => {
    const before = server.child(0, 'a.txt');
    await new Upload({ 'a.txt': 'new a' }, { policy: 'replace' }).ended;
    expect(server.child(0, 'a.txt')?.id).toBe(before?.id);
  });

  it('need nothing where the content is the same', async () => {
    const upload = new Upload({ 'same.txt': 'same' }, { policy: 'replace' });
    await upload.ended;
    expect(server.commits).toEqual([]);
    expect(upload.sum('addDone')).toBe(1);
  });

  it('are looked for one by one in a large folder', async () => {
    for (let i = 0; i < 3_000; i++) {
      server.add(0, `${i}.md`, `${i}`);
    }
    const upload = new Upload({ '2999.md': 'new' }, { policy: 'both' });
    await upload.ended;
    expect(upload.asked).toEqual([{ taken: 1, name: '2999.md' }]);
    expect(server.child(0, '2999 (2).md')?.size).toBe(3);
  });

  it('are asked about when somebody takes one in the last moment', async () => {
    server.before = () => {
      if (server.child(0, 'c.txt') === undefined) {
        server.add(0, 'c.txt', 'their c');
      }
    };
    const upload = new Upload({ 'c.txt': 'new c', 'd.txt': 'new d' }, { policy: 'skip' });
    await upload.ended;
    expect(upload.asked).toEqual([{ taken: 1, name: 'c.txt' }]);
    expect(server.child(0, 'c.txt')?.hash).toBe(hashOf('their c'));
    expect(server.child(0, 'd.txt')?.hash).toBe(hashOf('new d'));
    expect(upload.sum('addDone')).toBe(2);
  });

  it('are counted once where they are skipped in the last moment', async () => {
    server.before = () => {
      if (server.child(0, 'c.txt') === undefined) {
        server.add(0, 'c.txt', 'their c');
      }
    };
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`${i}.txt`, 'x']));
    const upload = new Upload({ 'c.txt': 'new c', ...many }, { policy: 'skip' });
    await upload.ended;
    expect(upload.sum('addSkipped')).toBe(1);
    expect(Math.max(...upload.told.map(change => change.bytesDone ?? 0))).toBe(1_006);
  });

  it('are replaced in the version that somebody made in the last moment', async () => {
    let once = true;
    server.before = () => {
      const now = server.child(0, 'a.txt');
      if (once && now !== undefined) {
        once = false;
        server.nodes.set(now.id, { ...now, sequence: 99, hash: hashOf('their a') } as Node);
      }
    };
    const upload = new Upload({ 'a.txt': 'new a' }, { policy: 'replace' });
    await upload.ended;
    expect(upload.asked).toHaveLength(1);
    expect(server.commits.map(([change]) => change)).toMatchObject([{ expected: 1 }, { expected: 99 }]);
    expect(server.child(0, 'a.txt')?.hash).toBe(hashOf('new a'));
  });
});

describe('content that the server lost again', () => {
  it('is sent once more', async () => {
    let lost = true;
    server.refuse = change => {
      const refused = lost && change.name === 'a.txt';
      lost &&= !refused;
      return refused ? { refused: 'MISSING_BLOCKS' } : undefined;
    };
    const upload = new Upload({ 'a.txt': 'a', 'b.txt': 'b' });
    await upload.ended;
    expect(upload.worker.given).toEqual(['a.txt', 'b.txt', 'a.txt']);
    expect(server.tree()).toEqual({ 'a.txt': 'a', 'b.txt': 'b' });
  });
});

describe('an upload that goes on', () => {
  it('leaves out what is done, unless it is another file by now', async () => {
    const kept = { id: 'goes on' };
    await markDone('goes on', [
      { path: 'a.txt', stamp: '1 1000' },
      { path: 'b.txt', stamp: '7 1000' },
    ]);
    const upload = new Upload({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' }, { kept });
    await upload.ended;
    expect(upload.worker.given).toEqual(['b.txt', 'c.txt']);
    expect(upload.told.find(change => change.filesTotal !== undefined)).toMatchObject({
      filesTotal: 3,
      filesDone: 1,
      bytesTotal: 3,
      bytesDone: 1,
    });
    expect(await doneFiles('goes on')).toEqual(new Map());
  });

  it('keeps what was said about names', async () => {
    server.add(0, 'a.txt', 'old');
    const upload = new Upload({ 'a.txt': 'new' }, { kept: { policy: 'replace' } });
    await upload.ended;
    expect(upload.asked).toEqual([]);
    expect(server.tree()).toEqual({ 'a.txt': 'new' });
  });
});

describe('steering', () => {
  it('waits for a server that isn’t reached, and goes on', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'clearTimeout'] });
    server.reached = false;
    const upload = new Upload({ 'a.txt': 'a' });
    await vi.waitFor(() => expect(upload.last('waiting')).toBe(true));
    server.reached = true;
    await vi.waitFor(() => expect(upload.last('status')).toBe('done'));
    expect(upload.last('waiting')).toBe(false);
    expect(server.tree()).toEqual({ 'a.txt': 'a' });
  });

  it('commits nothing while it is paused', async () => {
    const upload = new Upload({ 'a.txt': 'a' });
    upload.job.pause();
    upload.job.pause();
    expect(upload.last('status')).toBe('paused');
    await vi.waitFor(() => expect(upload.told.some(change => change.filesTotal === 1)).toBe(true));
    expect(server.commits).toEqual([]);
    upload.job.resume();
    await upload.ended;
    expect(upload.last('status')).toBe('done');
    expect(upload.worker.heard.map(({ type }) => type)).toEqual([
      'begin',
      'pause',
      'pause',
      'resume',
      'send',
    ]);
  });

  it('is over for good once it is cancelled, whatever it waits for', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'clearTimeout'] });
    let answer = () => {};
    server.answers = new Promise(resolve => {
      answer = resolve;
    });
    const upload = new Upload({ 'a.txt': 'a' });
    await vi.waitFor(() => expect(server.commits).toHaveLength(1));
    upload.job.cancel();
    await vi.advanceTimersByTimeAsync(11_000);
    expect(await unfinished(upload.kept.account)).toEqual([]);
    answer();
    await upload.ended;
    expect(await unfinished(upload.kept.account)).toEqual([]);
    expect(await doneFiles(upload.kept.id)).toEqual(new Map());
    expect(upload.last('status')).not.toBe('failed');
    expect(upload.worker.terminated).toBe(true);
  });

  it('commits nothing where it is cancelled instead of answered', async () => {
    server.add(0, 'a.txt', 'old');
    const upload = new Upload({ 'a.txt': 'new', 'b.txt': 'b' });
    await vi.waitFor(() => expect(upload.asked).toHaveLength(1));
    upload.job.cancel();
    await upload.ended;
    expect(server.tree()).toEqual({ 'a.txt': 'old' });
    expect(upload.worker.given).toEqual([]);
  });
});
