/** How an upload goes about names and folders; pure, but for the requests that it is given. */
import type { Schema } from '../api/client';
import type { Content } from './job';

export type Change = Schema['Change'];

/** What to do with a file whose name is taken. */
export type Policy = 'replace' | 'both' | 'skip';

/** A name beside one that is taken: `report (2).txt`. */
export function besideName(name: string, number: number): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  return `${stem} (${number})${extension}`;
}

/** Each folder that files or empty folders lie in, parents before children; as paths joined by slashes. */
export function foldersOf(
  paths: readonly (readonly string[])[],
  folders: readonly (readonly string[])[],
): string[] {
  const found = new Set<string>();
  const add = (path: readonly string[]) => {
    for (let depth = 1; depth <= path.length; depth++) {
      found.add(path.slice(0, depth).join('/'));
    }
  };
  for (const path of paths) {
    add(path.slice(0, -1));
  }
  for (const path of folders) {
    add(path);
  }
  return [...found].sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
}

/** The members of a file's item. */
export function fileItem(content: Content, modifiedMillis: number) {
  return {
    kind: 'file',
    mtime: String(BigInt(Math.round(modifiedMillis)) * 1_000_000n),
    size: content.size,
    level: content.level,
    hash: content.hash,
  };
}

/** A rate over the last seconds, from what was done by when. */
export class Rate {
  private readonly samples: { at: number; done: number }[] = [];

  /** Seconds that count. */
  constructor(private readonly seconds = 8) {}

  add(at: number, done: number): void {
    this.samples.push({ at, done });
    while (this.samples.length > 2 && at - (this.samples[0]?.at ?? at) > this.seconds * 1000) {
      this.samples.shift();
    }
  }

  /** Per second; 0 before it can be told. */
  get perSecond(): number {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < 500) {
      return 0;
    }
    return Math.max(0, ((last.done - first.done) * 1000) / (last.at - first.at));
  }

  clear(): void {
    this.samples.length = 0;
  }
}
