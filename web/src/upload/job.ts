/** One upload from beginning to end: folders, names that are taken, content, commits. */
import { ApiError, api, data, isAbort, type Node, type Schema, sentence } from '../api/client';
import { commit, nameFault, reason } from '../files/operations';
import type { Chosen, Source } from './collect';
import { doneFiles, forget, type Kept, keep, markDone } from './kept';
import type { FromWorker, Stored, ToWorker } from './messages';
import { besideName, type Change, fileItem, foldersOf, type Policy, Rate } from './plan';
import type { UploadState } from './uploads';

export interface Content {
  level: number;
  hash: string;
  size: number;
}

/** Files that are stored together and then committed; of one commit there are at most 500. */
const BATCH_FILES = 500;
const BATCH_BYTES = 64 << 20;

/** Changes of one commit. */
const CHANGES_MAX = 500;

/** Names tried beside one that is taken. */
const NAMES_MAX = 50;

/** Rows asked for at once when names are compared, and single names asked for at once. */
const ROWS = 1_000;
const ASKS = 6;

/** Failures that are listed. */
const FAILURES_MAX = 100;

/** How often the window says that it still has the upload. */
const ALIVE_MILLIS = 10_000;

const RETRY_MILLIS_FIRST = 500;
const RETRY_MILLIS_LAST = 15_000;

interface Folder {
  id: number;
  made: boolean;
}

interface Item extends Source {
  folder: Folder;
  name: string;
  /** What has the name now. */
  taken?: Node;
  /** How many names were tried. */
  tries: number;
}

function stampOf(file: File): string {
  return `${file.size} ${file.lastModified}`;
}

/** Runs an upload; `tell` is told of whatever changes. Ends when it is done, failed or cancelled. */
export class Job {
  private readonly worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  private readonly control = new AbortController();
  private readonly rate = new Rate();
  private readonly waiting = new Map<
    number,
    { resolve(files: readonly Stored[]): void; reject(failure: Error): void }
  >();
  private answer: ((policy: Policy) => void) | undefined;
  private unpause: (() => void) | undefined;
  private paused: Promise<void> | undefined;
  private batch = 0;
  private before = 0;

  constructor(
    private readonly kept: Kept,
    private readonly chosen: Chosen,
    private readonly tell: (change: Partial<UploadState>) => void,
  ) {
    this.worker.onmessage = ({ data: message }: MessageEvent<FromWorker>) => this.hear(message);
    this.worker.onerror = event => {
      for (const one of this.waiting.values()) {
        one.reject(new Error(event.message || 'the worker failed'));
      }
    };
    this.say({ type: 'begin', project: kept.project });
  }

  private say(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  private hear(message: FromWorker): void {
    switch (message.type) {
      case 'progress': {
        const { read, sent, waiting } = message.progress;
        this.rate.add(performance.now(), read);
        this.tell({
          bytesDone: this.before + read,
          bytesSent: sent,
          rate: waiting || this.paused !== undefined ? 0 : this.rate.perSecond,
          waiting,
        });
        break;
      }
      case 'stored':
        this.waiting.get(message.batch)?.resolve(message.files);
        this.waiting.delete(message.batch);
        break;
      case 'failed':
        this.waiting.get(message.batch)?.reject(new Error(message.message));
        this.waiting.delete(message.batch);
        break;
    }
  }

  pause(): void {
    this.paused ??= new Promise(resolve => {
      this.unpause = resolve;
    });
    this.say({ type: 'pause' });
    this.rate.clear();
    this.tell({ status: 'paused', rate: 0 });
  }

  resume(): void {
    this.unpause?.();
    this.paused = undefined;
    this.say({ type: 'resume' });
    this.tell({ status: 'sending' });
  }

  /** Stops for good; what is committed stays. */
  cancel(): void {
    this.control.abort();
    this.worker.terminate();
    this.unpause?.();
    this.answer?.('skip');
    for (const one of this.waiting.values()) {
      one.reject(new DOMException('cancelled', 'AbortError'));
    }
    forget(this.kept.id).catch(() => undefined);
  }

  /** What to do with all names that are taken. */
  decide(policy: Policy): void {
    this.answer?.(policy);
  }

  async run(): Promise<void> {
    const alive = setInterval(() => {
      // What was cancelled may still wait for an answer, and must not be kept again.
      if (!this.control.signal.aborted) {
        keep({ ...this.kept, alive: Date.now() }).catch(() => undefined);
      }
    }, ALIVE_MILLIS);
    try {
      await keep({ ...this.kept, alive: Date.now() }).catch(() => undefined);
      await this.work();
      this.tell({ status: 'done', rate: 0 });
      await forget(this.kept.id).catch(() => undefined);
    } catch (failure) {
      if (!isAbort(failure)) {
        this.tell({ status: 'failed', fault: sentence(failure), rate: 0 });
      }
    } finally {
      clearInterval(alive);
      this.worker.terminate();
    }
  }

  private async work(): Promise<void> {
    const finished = await doneFiles(this.kept.id).catch(() => new Map<string, string>());
    const open = this.chosen.files.filter(one => finished.get(one.path.join('/')) !== stampOf(one.file));
    const total = this.chosen.files.reduce((sum, one) => sum + one.file.size, 0);
    this.before = total - open.reduce((sum, one) => sum + one.file.size, 0);
    this.tell({
      status: 'looking',
      filesTotal: this.chosen.files.length,
      filesDone: this.chosen.files.length - open.length,
      bytesTotal: total,
      bytesDone: this.before,
    });
    const folders = await this.makeFolders(open);
    let items = open.flatMap((one): Item[] => {
      const name = one.path.at(-1) ?? '';
      const folder = folders.get(one.path.slice(0, -1).join('/'));
      if (nameFault(name) !== undefined || folder === undefined) {
        this.fail(one, nameFault(name) ?? 'its folder couldn’t be made');
        return [];
      }
      return [{ ...one, folder, name, tries: 1 }];
    });
    await this.findTaken(items);
    const taken = items.filter(item => item.taken !== undefined);
    if (taken.length > 0) {
      const policy = await this.ask(taken);
      if (policy === 'skip') {
        const skipped = new Set(taken);
        items = items.filter(item => !skipped.has(item));
        this.skip(taken);
      }
    }
    this.tell({ status: this.paused === undefined ? 'sending' : 'paused' });
    let committing: Promise<void> = Promise.resolve();
    for (const some of batches(items)) {
      await this.mayGoOn();
      const stored = await this.store(some);
      await committing;
      committing = this.commitAll(some, stored);
      // Told when it is awaited.
      committing.catch(() => undefined);
    }
    await committing;
  }

  private async mayGoOn(): Promise<void> {
    await this.paused;
    this.control.signal.throwIfAborted();
  }

  private fail(one: Source, why: string): void {
    this.tell({
      failure: { path: one.path.join('/'), why },
      failuresMax: FAILURES_MAX,
      addDone: 1,
    });
  }

  private skip(items: readonly Item[]): void {
    this.before += items.reduce((sum, item) => sum + item.file.size, 0);
    this.tell({ addDone: items.length, addSkipped: items.length });
  }

  /** What was said, or is said now, about names that are taken. */
  private async ask(taken: readonly Item[]): Promise<Policy> {
    if (this.kept.policy === undefined) {
      const said = new Promise<Policy>(resolve => {
        this.answer = resolve;
      });
      this.tell({ status: 'asking', taken: taken.length, takenName: taken[0]?.name ?? '' });
      this.kept.policy = await said;
      this.control.signal.throwIfAborted();
      await keep(this.kept).catch(() => undefined);
      this.tell({ status: this.paused === undefined ? 'sending' : 'paused' });
    }
    return this.kept.policy;
  }

  /** Tries until the server answers; a person may cancel. */
  private async insist<T>(request: () => Promise<T>): Promise<T> {
    for (let millis = RETRY_MILLIS_FIRST; ; millis = Math.min(RETRY_MILLIS_LAST, millis * 2)) {
      await this.mayGoOn();
      try {
        const answer = await request();
        this.tell({ waiting: false });
        return answer;
      } catch (failure) {
        if (!(failure instanceof ApiError) || !failure.mayPass) {
          throw failure;
        }
        this.tell({ waiting: true, rate: 0 });
        await new Promise(resolve => setTimeout(resolve, millis * (0.5 + Math.random())));
      }
    }
  }

  private commit(changes: Change[]): Promise<Schema['ChangeResult'][]> {
    return this.insist(() => commit(this.kept.project, changes));
  }

  /** The folders that the files lie in, made where they aren't there; the one dropped on is ''. */
  private async makeFolders(files: readonly Source[]): Promise<Map<string, Folder>> {
    const folders = new Map<string, Folder>([['', { id: this.kept.folder, made: false }]]);
    const paths = foldersOf(
      files.map(one => one.path),
      this.chosen.folders,
    );
    let open = paths.map(path => ({ path, name: path.slice(path.lastIndexOf('/') + 1), tries: 1 }));
    while (open.length > 0) {
      // Those whose parents are there; the others follow.
      const parentOf = (path: string) => folders.get(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
      const now = open.filter(one => parentOf(one.path) !== undefined).slice(0, CHANGES_MAX);
      const rest = new Set(open);
      if (now.length === 0) {
        break;
      }
      const results = await this.commit(
        now.map(({ path, name }, i) => ({
          create: -1 - i,
          parent: parentOf(path)?.id ?? 0,
          name,
          kind: 'directory',
        })),
      );
      const again: typeof open = [];
      now.forEach((one, i) => {
        rest.delete(one);
        const result = results[i];
        if (result !== undefined && 'applied' in result) {
          folders.set(one.path, { id: result.applied.id, made: true });
        } else if (result?.refused === 'NAME_TAKEN' && result.rival !== undefined) {
          if (result.rival.kind === 'directory') {
            folders.set(one.path, { id: result.rival.id, made: false });
          } else if (one.tries < NAMES_MAX) {
            again.push({
              path: one.path,
              name: besideName(one.path.slice(one.path.lastIndexOf('/') + 1), one.tries + 1),
              tries: one.tries + 1,
            });
          }
        } else if (result !== undefined) {
          throw new Error(`the folder “${one.path}” couldn’t be made: ${reason(result)}`);
        }
      });
      open = [...again, ...rest];
    }
    return folders;
  }

  /** Finds which names are taken: by the folder's pages where that is less than asking for each. */
  private async findTaken(items: readonly Item[]): Promise<void> {
    const byFolder = new Map<number, Item[]>();
    for (const item of items) {
      if (!item.folder.made) {
        byFolder.set(item.folder.id, [...(byFolder.get(item.folder.id) ?? []), item]);
      }
    }
    for (const [folder, wanted] of byFolder) {
      const named = new Map(wanted.map(item => [item.name, item]));
      const look = (nodes: readonly Node[]) => {
        for (const node of nodes) {
          const item = named.get(node.name);
          if (item !== undefined) {
            item.taken = node;
          }
        }
      };
      const page = (after?: string) =>
        this.insist(() =>
          data(
            api.GET('/v1/projects/{p}/nodes/{id}/children', {
              params: {
                path: { p: this.kept.project, id: folder },
                query: { limit: ROWS, ...(after !== undefined && { after }) },
              },
            }),
          ),
        );
      let found = await page();
      look(found.nodes);
      if (found.after !== undefined && found.total / ROWS > wanted.length) {
        await this.lookUp(folder, wanted);
        continue;
      }
      while (found.after !== undefined) {
        found = await page(found.after);
        look(found.nodes);
      }
    }
  }

  private async lookUp(folder: number, wanted: readonly Item[]): Promise<void> {
    const at = { params: { path: { p: this.kept.project, id: folder } } };
    const above =
      folder === 0
        ? []
        : [
            ...(await this.insist(() => data(api.GET('/v1/projects/{p}/nodes/{id}/ancestors', at))))
              .directories,
            await this.insist(() => data(api.GET('/v1/projects/{p}/nodes/{id}', at))),
          ].map(one => (one as { name: string }).name);
    for (let i = 0; i < wanted.length; i += ASKS) {
      await Promise.all(
        wanted.slice(i, i + ASKS).map(async item => {
          try {
            const node = await this.insist(() =>
              data(
                api.GET('/v1/projects/{p}/resolve', {
                  params: {
                    path: { p: this.kept.project },
                    query: { path: [...above, item.name].join('/') },
                  },
                }),
              ),
            );
            if ('sequence' in node) {
              item.taken = node;
            }
          } catch (failure) {
            if (!(failure instanceof ApiError) || failure.code !== 'NOT_FOUND') {
              throw failure;
            }
          }
        }),
      );
    }
  }

  /** Has the worker store the contents. */
  private async store(items: readonly Item[]): Promise<readonly Stored[]> {
    this.control.signal.throwIfAborted();
    const batch = ++this.batch;
    return new Promise((resolve, reject) => {
      this.waiting.set(batch, { resolve, reject });
      this.say({ type: 'send', batch, files: items.map((item, id) => ({ id, file: item.file })) });
    });
  }

  private async commitAll(items: readonly Item[], stored: readonly Stored[]): Promise<void> {
    const contents = new Map<Item, Content>();
    let open: Item[] = [];
    for (const { id, content, failure } of stored) {
      const item = items[id];
      if (item === undefined) {
        continue;
      }
      if (content === undefined) {
        this.fail(item, failure ?? 'it couldn’t be read');
      } else {
        contents.set(item, content);
        open.push(item);
      }
    }
    const contentOf = (item: Item) => contents.get(item) as Content;
    const isSame = (item: Item, node: Node | undefined) =>
      node?.kind === 'file' && node.hash === contentOf(item).hash && node.size === contentOf(item).size;
    for (let round = 0; open.length > 0; round++) {
      const done: Item[] = open.filter(item => isSame(item, item.taken));
      const sending = open.filter(item => !isSame(item, item.taken));
      open = [];
      if (round > NAMES_MAX) {
        for (const item of sending) {
          this.fail(item, 'no free name was found');
        }
        break;
      }
      const results =
        sending.length === 0
          ? []
          : await this.commit(sending.map((item, i) => this.change(item, i, contentOf(item))));
      const lost: Item[] = [];
      for (const [i, item] of sending.entries()) {
        const result = results[i];
        if (result === undefined) {
          this.fail(item, 'the server answered without a result');
        } else if ('applied' in result) {
          done.push(item);
        } else if (result.refused === 'NAME_TAKEN' || (result.refused === 'STALE' && item.taken)) {
          const now = result.rival ?? result.current;
          if (isSame(item, now)) {
            done.push(item);
            continue;
          }
          const policy = await this.ask([item]);
          if (policy === 'skip') {
            // Its bytes were counted as they were read.
            this.tell({ addDone: 1, addSkipped: 1 });
          } else if (policy === 'replace' && now !== undefined && !now.deleted && now.kind === 'file') {
            open.push({ ...item, taken: now });
          } else if (now?.deleted) {
            const { taken: _, ...free } = item;
            open.push(free);
          } else {
            open.push({ ...item, tries: item.tries + 1 });
          }
          const again = open.at(-1);
          if (again !== undefined && again.path === item.path) {
            contents.set(again, contentOf(item));
          }
        } else if (result.refused === 'MISSING_BLOCKS') {
          lost.push(item);
        } else if (result.refused === 'QUOTA') {
          throw new Error(reason(result));
        } else {
          this.fail(item, reason(result));
        }
      }
      if (lost.length > 0) {
        // The collector was quicker; the content is sent again.
        for (const { id, content, failure } of await this.store(lost)) {
          const item = lost[id] as Item;
          if (content === undefined) {
            this.fail(item, failure ?? 'it couldn’t be read');
          } else {
            contents.set(item, content);
            open.push(item);
          }
        }
      }
      this.tell({ addDone: done.length });
      if (this.control.signal.aborted) {
        return;
      }
      await markDone(
        this.kept.id,
        done.map(item => ({ path: item.path.join('/'), stamp: stampOf(item.file) })),
      ).catch(() => undefined);
    }
  }

  private change(item: Item, index: number, content: Content): Change {
    const what = fileItem(content, item.file.lastModified);
    if (item.taken?.kind === 'file' && this.kept.policy === 'replace') {
      return { update: item.taken.id, expected: item.taken.sequence, ...what };
    }
    const tries = item.taken === undefined ? item.tries : Math.max(2, item.tries);
    return {
      create: -1 - index,
      parent: item.folder.id,
      name: tries === 1 ? item.name : besideName(item.name, tries),
      ...what,
    };
  }
}

/** Files in portions, none of them larger than need be. */
function* batches(items: readonly Item[]): Generator<Item[]> {
  let some: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    if (some.length >= BATCH_FILES || (some.length > 0 && bytes + item.file.size > BATCH_BYTES)) {
      yield some;
      some = [];
      bytes = 0;
    }
    some.push(item);
    bytes += item.file.size;
  }
  if (some.length > 0) {
    yield some;
  }
}
