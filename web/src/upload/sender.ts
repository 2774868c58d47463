/**
 * Gets the content of files stored: cuts and hashes them, asks which blocks are missing, and sends those in
 * chunks, several under way at once. Runs in a worker. What is known of a file is only what its bytes say, so
 * that resuming is asking again what is missing.
 */
import { CHUNK_BYTES_MAX, ChunkWriter } from './chunk';
import { cut, MAX_BYTES } from './cutter';
import { toHex } from './sha256';
import { type Block, type Content, nameOf, TreeBuilder } from './tree';

/** What a file is to the sender: a Blob, or anything that can be read in pieces. */
export interface Readable {
  size: number;
  read(from: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** The requests that a sender makes; each may throw a SendError. */
export interface Transport {
  /** For each name, one after another, whether it is missing. */
  missing(names: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Uint8Array>;
  put(name: string, chunk: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void>;
  /** Waits a while; a test's doesn't. */
  wait(millis: number, signal: AbortSignal): Promise<void>;
}

/** Why a request failed: whether the same may succeed later, or once the whole file is sent again. */
export class SendError extends Error {
  constructor(
    message: string,
    readonly then: 'retry' | 'again' | 'fail',
  ) {
    super(message);
  }
}

/** Blocks looked up at once, by their bytes and their number (of at most 16,384). */
const ASK_BYTES = 8 << 20;
const ASK_NAMES = 2_000;

/** Bytes read at once. */
const READ_BYTES = 4 << 20;

/** Chunks under way at once. */
const FLIGHTS_MAX = 3;

/** Names of blocks that are known to be stored, so that they aren't asked for again; then it is forgotten. */
const KNOWN_MAX = 200_000;

/** How often a file is sent anew before it is given up. */
const TRIES_MAX = 3;

const RETRY_MILLIS_FIRST = 500;
const RETRY_MILLIS_LAST = 15_000;

/** What has been done so far; only grows, but for `read` of a file that is sent again. */
export interface Progress {
  /** Bytes of content that were read, or needn't be. */
  read: number;
  /** Bytes that travelled. */
  sent: number;
  /** Whether the server isn't reached just now. */
  waiting: boolean;
}

export class Sender {
  readonly progress: Progress = { read: 0, sent: 0, waiting: false };
  private chunk = new ChunkWriter();
  private readonly flights = new Set<Promise<void>>();
  private readonly known = new Set<string>();
  private failure: unknown;
  private resumed: (() => void) | undefined;
  private paused: Promise<void> | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly signal: AbortSignal,
  ) {}

  /** No further byte is read or sent until `resume`; what is under way ends. */
  pause(): void {
    this.paused ??= new Promise(resolve => {
      this.resumed = resolve;
    });
  }

  resume(): void {
    this.resumed?.();
    this.paused = undefined;
  }

  /**
   * Makes the contents stored. A file of which that fails is told, with the reason; the others go on. Resolves
   * once all are stored, so that a few hundred small files are one call.
   */
  async send(
    files: readonly { id: number; file: Readable }[],
  ): Promise<{ id: number; content?: Content; failure?: string }[]> {
    let open = [...files];
    const found = new Map<number, { id: number; content?: Content; failure?: string }>();
    for (let tries = 1; open.length > 0; tries++) {
      const before = this.progress.read;
      try {
        const contents: { id: number; content: Content }[] = [];
        for (const { id, file } of open) {
          const start = this.progress.read;
          try {
            contents.push({ id, content: await this.cutFile(file) });
          } catch (failure) {
            if (failure instanceof SendError || this.signal.aborted) {
              throw failure;
            }
            // It can't be read, or was changed meanwhile.
            this.progress.read = start + file.size;
            found.set(id, { id, failure: failure instanceof Error ? failure.message : String(failure) });
          }
        }
        await this.flush();
        for (const one of contents) {
          found.set(one.id, one);
        }
        break;
      } catch (failure) {
        await Promise.allSettled(this.flights);
        this.failure = undefined;
        this.chunk = new ChunkWriter();
        if (!(failure instanceof SendError) || failure.then !== 'again' || tries >= TRIES_MAX) {
          throw failure;
        }
        // What counted as stored isn't: everything is asked for anew.
        this.known.clear();
        this.progress.read = before;
        open = open.filter(({ id }) => found.get(id)?.failure === undefined);
      }
    }
    return files.map(({ id }) => found.get(id) ?? { id, failure: 'it wasn’t read' });
  }

  private async cutFile(file: Readable): Promise<Content> {
    let trees: Block[] = [];
    let treeBytes = 0;
    const builder = new TreeBuilder(block => {
      trees.push(block);
      treeBytes += block.bytes.length;
    });
    const sendTrees = async () => {
      if (trees.length > 0) {
        // A tree block is refused before all that it lists is stored (L3): the order is kept by waiting.
        await this.flush();
        for (let level = 1; trees.length > 0; level++) {
          await this.sendMissing(trees.filter(block => block.level === level));
          trees = trees.filter(block => block.level !== level);
          if (trees.length > 0) {
            await this.flush();
          }
        }
        treeBytes = 0;
      }
    };
    let blocks: Block[] = [];
    let bytes = 0;
    const sendData = async () => {
      await this.sendMissing(blocks);
      this.progress.read += bytes;
      blocks = [];
      bytes = 0;
    };
    for await (const block of cutBlocks(file, () => this.mayGoOn())) {
      blocks.push(block);
      bytes += block.bytes.length;
      await builder.add(block.name, block.bytes.length);
      if (bytes >= ASK_BYTES || blocks.length >= ASK_NAMES) {
        await sendData();
        if (treeBytes >= CHUNK_BYTES_MAX / 2) {
          await sendTrees();
        }
      }
    }
    const content = await builder.end();
    await sendData();
    await sendTrees();
    return content;
  }

  private async mayGoOn(): Promise<void> {
    await this.paused;
    this.signal.throwIfAborted();
    if (this.failure !== undefined) {
      throw this.failure;
    }
  }

  /** Asks which of the blocks are missing, and puts those into chunks. */
  private async sendMissing(blocks: readonly Block[]): Promise<void> {
    const asked = new Map<string, Block>();
    for (const block of blocks) {
      const name = toHex(block.name);
      if (!this.known.has(name)) {
        asked.set(name, block);
      }
    }
    if (asked.size === 0) {
      return;
    }
    const names = new Uint8Array(asked.size * 32);
    const list = [...asked];
    list.forEach(([, block], i) => {
      names.set(block.name, i * 32);
    });
    const missing = await this.retried(() => this.transport.missing(names, this.signal));
    for (const [i, [name, block]] of list.entries()) {
      if (((missing[i >> 3] ?? 0) >> (i & 7)) & 1) {
        await this.put(block);
      }
      if (this.known.size >= KNOWN_MAX) {
        this.known.clear();
      }
      this.known.add(name);
    }
  }

  private async put(block: Block): Promise<void> {
    if (!this.chunk.fits(block)) {
      await this.launch();
    }
    this.chunk.add(block);
  }

  private async launch(): Promise<void> {
    const full = this.chunk;
    this.chunk = new ChunkWriter();
    while (this.flights.size >= FLIGHTS_MAX) {
      await Promise.race(this.flights);
    }
    await this.mayGoOn();
    const { name, bytes } = await full.build();
    const flight = this.retried(() => this.transport.put(name, bytes, this.signal)).then(
      () => {
        this.progress.sent += bytes.length;
      },
      failure => {
        this.failure ??= failure;
      },
    );
    const done = flight.finally(() => this.flights.delete(done));
    this.flights.add(done);
  }

  /** Sends what waits, and waits until all that was sent is stored. */
  private async flush(): Promise<void> {
    if (this.chunk.count > 0) {
      await this.launch();
    }
    await Promise.all(this.flights);
    await this.mayGoOn();
  }

  /** Goes on trying for as long as the server may come back; a person can cancel. */
  private async retried<T>(request: () => Promise<T>): Promise<T> {
    for (let millis = RETRY_MILLIS_FIRST; ; millis = Math.min(RETRY_MILLIS_LAST, millis * 2)) {
      try {
        const answer = await request();
        this.progress.waiting = false;
        return answer;
      } catch (failure) {
        if (!(failure instanceof SendError) || failure.then !== 'retry') {
          throw failure;
        }
        this.progress.waiting = true;
        await this.transport.wait(millis * (0.5 + Math.random()), this.signal);
      }
    }
  }
}

/** A file's data blocks in order, read in pieces; `mayGoOn` is awaited before each piece. */
async function* cutBlocks(file: Readable, mayGoOn: () => Promise<void>): AsyncGenerator<Block> {
  let bytes = new Uint8Array(0);
  let offset = 0;
  while (offset < file.size || bytes.length > 0) {
    await mayGoOn();
    if (offset < file.size) {
      const piece = await file.read(offset, Math.min(file.size, offset + READ_BYTES));
      if (piece.length !== Math.min(file.size - offset, READ_BYTES)) {
        throw new Error('it became shorter while it was read');
      }
      offset += piece.length;
      const joined = new Uint8Array(bytes.length + piece.length);
      joined.set(bytes);
      joined.set(piece, bytes.length);
      bytes = joined;
    }
    const last = offset >= file.size;
    let at = 0;
    while (at < bytes.length && (last || bytes.length - at >= MAX_BYTES)) {
      const length = cut(bytes, at, bytes.length, last);
      const block = bytes.slice(at, at + length);
      at += length;
      yield { level: 0, name: await nameOf(0, block), bytes: block };
    }
    bytes = bytes.slice(at);
  }
}
