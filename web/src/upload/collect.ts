/** What a person chose or dropped, as files with their paths. */

/** A file and where it is to be, below the folder that it was dropped on; the name is the last. */
export interface Source {
  path: string[];
  file: File;
}

/** Where files can be had again after the page was loaded anew, with the person's leave. */
export type Handle = FileSystemFileHandle | FileSystemDirectoryHandle;

export interface Chosen {
  files: Source[];
  /** Empty folders, so that they arrive as well. */
  folders: string[][];
  /** What was chosen, if the browser lets it be kept. */
  handles: Handle[];
}

/** Files of a file field; those of a folder have paths. */
export function ofList(list: FileList | readonly File[]): Chosen {
  const files = Array.from(list, file => ({
    path: (file.webkitRelativePath === '' ? file.name : file.webkitRelativePath).split('/'),
    file,
  }));
  return { files, folders: [], handles: [] };
}

/** What was dropped. Must be called while the event is handled: the items are gone afterwards. */
export async function ofDrop(transfer: DataTransfer): Promise<Chosen> {
  const items = Array.from(transfer.items).filter(item => item.kind === 'file');
  const asHandles = items.map(item =>
    'getAsFileSystemHandle' in item
      ? (item.getAsFileSystemHandle as () => Promise<Handle | null>)().catch(() => null)
      : Promise.resolve(null),
  );
  const entries = items.map(item => item.webkitGetAsEntry());
  const plain = Array.from(transfer.files);
  const handles = (await Promise.all(asHandles)).filter(
    // Some browsers answer with nothing at all.
    (handle): handle is Handle => Boolean(handle),
  );
  if (handles.length === items.length && items.length > 0) {
    return ofHandles(handles);
  }
  const chosen: Chosen = { files: [], folders: [], handles: [] };
  for (const [i, entry] of entries.entries()) {
    const file = plain[i];
    if (entry !== null) {
      await walkEntry(entry, [], chosen);
    } else if (file !== undefined) {
      chosen.files.push({ path: [file.name], file });
    }
  }
  return chosen;
}

/** The files behind handles, all the way down. */
export async function ofHandles(handles: readonly Handle[]): Promise<Chosen> {
  const chosen: Chosen = { files: [], folders: [], handles: [...handles] };
  for (const handle of handles) {
    await walkHandle(handle, [], chosen);
  }
  return chosen;
}

async function walkHandle(handle: Handle, above: readonly string[], chosen: Chosen): Promise<void> {
  const path = [...above, handle.name];
  if (handle.kind === 'file') {
    chosen.files.push({ path, file: await (handle as FileSystemFileHandle).getFile() });
    return;
  }
  let empty = true;
  const children = (handle as unknown as { values(): AsyncIterable<Handle> }).values();
  for await (const child of children) {
    empty = false;
    await walkHandle(child, path, chosen);
  }
  if (empty) {
    chosen.folders.push(path);
  }
}

async function walkEntry(entry: FileSystemEntry, above: readonly string[], chosen: Chosen): Promise<void> {
  const path = [...above, entry.name];
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    chosen.files.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  let empty = true;
  for (;;) {
    // A folder is read some hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) {
      break;
    }
    empty = false;
    for (const child of some) {
      await walkEntry(child, path, chosen);
    }
  }
  if (empty) {
    chosen.folders.push(path);
  }
}

/** Asks for leave to read what was kept; false where it isn't given. Needs a person's click. */
export async function mayRead(handles: readonly Handle[]): Promise<boolean> {
  for (const handle of handles) {
    const ask = handle as unknown as { requestPermission?(mode: { mode: 'read' }): Promise<string> };
    if (
      ask.requestPermission !== undefined &&
      (await ask.requestPermission({ mode: 'read' })) !== 'granted'
    ) {
      return false;
    }
  }
  return true;
}
