/**
 * Uploads that survive a reload: what was to go where, and which files are done already. The content isn't
 * kept; it is read again from where it was, and asked about again.
 */
import type { Handle } from './collect';
import type { Policy } from './plan';

/** An upload as it is kept. */
export interface Kept {
  id: string;
  account: string;
  /** The window that has it, and when that last said so: another one mustn't go on with it. */
  tab: string;
  alive: number;
  project: string;
  folder: number;
  folderName: string;
  title: string;
  /** Empty where the browser gives none: then the files are chosen again. */
  handles: Handle[];
  /** Whether a folder was chosen, rather than files. */
  directory: boolean;
  files: number;
  bytes: number;
  policy?: Policy;
}

const DATABASE = 'syncline-uploads';
const TAB_KEY = 'syncline.tab';

/** A window that hasn't said so for this long doesn't have its uploads any more. */
const ALIVE_MILLIS = 30_000;

let opening: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('job', { keyPath: 'id' });
      request.result.createObjectStore('done');
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

async function inStore<T>(
  store: 'job' | 'done',
  mode: IDBTransactionMode,
  run: (store: IDBObjectStore) => IDBRequest<T> | undefined,
): Promise<T | undefined> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const request = run(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** This window, the same after a reload. */
export function tab(): string {
  let id = sessionStorage.getItem(TAB_KEY);
  if (id === null) {
    id = `${Math.random()}`;
    sessionStorage.setItem(TAB_KEY, id);
  }
  return id;
}

function doneOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []]);
}

/** Keeps an upload; handles that the browser can't keep are left out. */
export async function keep(kept: Kept): Promise<void> {
  try {
    await inStore('job', 'readwrite', store => store.put(kept));
  } catch {
    await inStore('job', 'readwrite', store => store.put({ ...kept, handles: [] }));
  }
}

export async function forget(id: string): Promise<void> {
  await inStore('job', 'readwrite', store => store.delete(id));
  await inStore('done', 'readwrite', store => store.delete(doneOf(id)));
}

/** Notes files as done, with what they then were. */
export async function markDone(id: string, files: readonly { path: string; stamp: string }[]): Promise<void> {
  await inStore('done', 'readwrite', store => {
    for (const { path, stamp } of files) {
      store.put(stamp, [id, path]);
    }
    return undefined;
  });
}

/** The files that are done, by path, with what they then were. */
export async function doneFiles(id: string): Promise<Map<string, string>> {
  const keys = (await inStore('done', 'readonly', store => store.getAllKeys(doneOf(id)))) ?? [];
  const stamps = ((await inStore('done', 'readonly', store => store.getAll(doneOf(id)))) ?? []) as string[];
  return new Map(keys.map((key, i) => [(key as [string, string])[1], stamps[i] ?? '']));
}

/** What this window left unfinished, or one that is gone. */
export async function unfinished(account: string): Promise<Kept[]> {
  const all = ((await inStore('job', 'readonly', store => store.getAll())) ?? []) as Kept[];
  const mine = tab();
  return all.filter(
    kept => kept.account === account && (kept.tab === mine || Date.now() - kept.alive > ALIVE_MILLIS),
  );
}
