/** How content of many blocks is described: tree blocks, docs/formats.md, *Tree blocks*. */
import { sha256 } from './sha256';

/** Most entries of a tree block, fewest before it may end by the name of an entry, and most levels. */
const ENTRIES_MAX = 4_096;
const ENTRIES_MIN = 128;
const LEVELS_MAX = 8;

/** The lowest bits of a name that are zero where a tree block ends. */
const END_MASK = 0x3ff;

/** Names a whole content. */
export interface Content {
  level: number;
  /** The name of its top block, or of nothing. */
  hash: Uint8Array<ArrayBuffer>;
  size: number;
}

export interface Block {
  level: number;
  name: Uint8Array<ArrayBuffer>;
  bytes: Uint8Array<ArrayBuffer>;
}

interface Entry {
  name: Uint8Array<ArrayBuffer>;
  size: number;
}

/** Name of a data block; of a tree block it is the complement. */
export async function nameOf(
  level: number,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const digest = await sha256(bytes);
  return level === 0 ? digest : digest.map(byte => byte ^ 0xff);
}

/**
 * Takes the data blocks of a content in order, and hands out each tree block as soon as it is whole, children
 * before parents. Memory is that of one open tree block a level.
 */
export class TreeBuilder {
  private readonly levels: Entry[][] = [];
  private readonly began: boolean[] = [];

  /** @param emit given each tree block */
  constructor(private readonly emit: (block: Block) => Promise<void> | void) {}

  add(name: Uint8Array<ArrayBuffer>, size: number): Promise<void> {
    return this.put(1, { name, size });
  }

  private async put(level: number, entry: Entry): Promise<void> {
    if (level > LEVELS_MAX) {
      throw new Error('the file is too large');
    }
    let entries = this.levels[level];
    if (entries === undefined) {
      entries = [];
      this.levels[level] = entries;
    }
    entries.push(entry);
    const low = ((entry.name[30] as number) << 8) | (entry.name[31] as number);
    if (entries.length >= ENTRIES_MAX || (entries.length >= ENTRIES_MIN && (low & END_MASK) === 0)) {
      await this.close(level);
    }
  }

  private async close(level: number): Promise<void> {
    const entries = this.levels[level] ?? [];
    this.levels[level] = [];
    this.began[level] = true;
    const block = await treeBlock(level, entries);
    await this.emit(block);
    await this.put(level + 1, {
      name: block.name,
      size: entries.reduce((sum, entry) => sum + entry.size, 0),
    });
  }

  /** The content, after its last block. */
  async end(): Promise<Content> {
    for (let level = 1; ; level++) {
      const entries = this.levels[level] ?? [];
      const [only] = entries;
      const alone = entries.length === 1 && only !== undefined && !this.began[level];
      if (alone) {
        return { level: level - 1, hash: only.name, size: only.size };
      }
      if (entries.length === 0 && !this.began[level]) {
        return { level: 0, hash: await sha256(new Uint8Array(0)), size: 0 };
      }
      if (entries.length > 0) {
        await this.close(level);
      }
    }
  }
}

/** A tree block of entries. */
export async function treeBlock(level: number, entries: readonly Entry[]): Promise<Block> {
  const bytes = new Uint8Array(7 + entries.length * 40);
  bytes.set([0x53, 0x4c, 0x54, 0x01, level, entries.length >> 8, entries.length & 0xff]);
  let at = 7;
  for (const entry of entries) {
    let size = entry.size;
    while (size >= 0x80) {
      bytes[at++] = (size % 0x80) | 0x80;
      size = Math.floor(size / 0x80);
    }
    bytes[at++] = size;
    bytes.set(entry.name, at);
    at += entry.name.length;
  }
  const whole = bytes.slice(0, at);
  return { level, name: await nameOf(level, whole), bytes: whole };
}
