import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Readable, SendError, Sender, type Transport } from './sender';
import { toHex } from './sha256';

function random(seed: number, n: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(n);
  let state = seed;
  for (let i = 0; i < n; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    out[i] = state >>> 24;
  }
  return out;
}

function readable(bytes: Uint8Array<ArrayBuffer>): Readable {
  return { size: bytes.length, read: async (from, end) => bytes.slice(from, end) };
}

/** A server that stores frames, and holds to L3: a tree block only where all that it lists is stored. */
class FakeServer implements Transport {
  readonly blocks = new Map<string, { level: number; bytes: Uint8Array }>();
  puts = 0;
  bytes = 0;
  /** Called before each put. */
  before: (put: number) => void = () => undefined;

  async missing(names: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const bitmap = new Uint8Array(Math.ceil(names.length / 32 / 8));
    for (let i = 0; i * 32 < names.length; i++) {
      if (!this.blocks.has(toHex(names.subarray(i * 32, i * 32 + 32)))) {
        bitmap[i >> 3] = (bitmap[i >> 3] as number) | (1 << (i & 7));
      }
    }
    return bitmap;
  }

  async put(name: string, chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    this.before(++this.puts);
    expect(chunk.length).toBeLessThanOrEqual(4 << 20);
    const view = new DataView(chunk.buffer);
    const names = createHash('sha256');
    let at = 16;
    for (let i = 0; i < view.getUint32(8); i++) {
      const level = view.getUint8(at + 4);
      const size = view.getUint32(at + 4) & 0xffffff;
      const block = chunk.subarray(at + 52, at + 52 + size);
      const hash = new Uint8Array(createHash('sha256').update(block).digest());
      const own = toHex(level === 0 ? hash : hash.map(byte => byte ^ 0xff));
      expect(own).toBe(toHex(chunk.subarray(at + 12, at + 44)));
      names.update(chunk.subarray(at + 12, at + 44));
      if (level > 0) {
        for (const child of children(block)) {
          if (!this.blocks.has(child)) {
            throw new SendError('a child isn’t stored', 'again');
          }
        }
      }
      this.blocks.set(own, { level, bytes: block });
      at += 52 + size;
    }
    expect(at).toBe(chunk.length);
    expect(names.digest('hex')).toBe(name);
    this.bytes += chunk.length;
  }

  async wait(): Promise<void> {}

  read(level: number, name: string): Uint8Array {
    const block = this.blocks.get(name);
    expect(block?.level).toBe(level);
    const bytes = block?.bytes ?? new Uint8Array();
    return level === 0
      ? bytes
      : new Uint8Array(Buffer.concat(children(bytes).map(child => this.read(level - 1, child))));
  }
}

function children(block: Uint8Array): string[] {
  const found: string[] = [];
  for (let at = 7; at < block.length; at += 32) {
    while (((block[at++] as number) & 0x80) !== 0) {
      // The size goes on.
    }
    found.push(toHex(block.subarray(at, at + 32)));
  }
  return found;
}

const files = [random(1, 12_000_000), random(2, 5), random(3, 300_000), new Uint8Array(0), random(2, 5)];
const asked = files.map((bytes, id) => ({ id, file: readable(bytes) }));

function check(server: FakeServer, sent: Awaited<ReturnType<Sender['send']>>) {
  sent.forEach(({ id, content, failure }) => {
    expect(failure).toBeUndefined();
    const bytes = files[id] as Uint8Array;
    expect(content?.size).toBe(bytes.length);
    if (content !== undefined && bytes.length > 0) {
      const read = server.read(content.level, toHex(content.hash));
      expect(Buffer.compare(read, bytes)).toBe(0);
    }
  });
}

describe('sending', () => {
  test('stores what the files hold, children before parents (L3), in few chunks', async () => {
    const server = new FakeServer();
    const sender = new Sender(server, new AbortController().signal);
    check(server, await sender.send(asked));
    expect(server.puts).toBeLessThanOrEqual(6);
    expect(sender.progress.read).toBe(files.reduce((sum, bytes) => sum + bytes.length, 0));
  });
  test('sends only what is missing, also after a fresh start', async () => {
    const server = new FakeServer();
    await new Sender(server, new AbortController().signal).send(asked);
    const before = server.bytes;
    const again = new Sender(server, new AbortController().signal);
    check(server, await again.send(asked));
    expect(server.bytes).toBe(before);
    const edited = files[0]?.slice() ?? new Uint8Array();
    edited[6_000_000] = (edited[6_000_000] as number) ^ 1;
    await again.send([{ id: 9, file: readable(edited) }]);
    expect(server.bytes - before).toBeLessThan(600_000);
  });
  test('goes on when the server is back', async () => {
    const server = new FakeServer();
    server.before = put => {
      if (put % 2 === 1) {
        throw new SendError('the server can’t be reached', 'retry');
      }
    };
    check(server, await new Sender(server, new AbortController().signal).send(asked));
  });
  test('sends anew what the server has lost meanwhile', async () => {
    const server = new FakeServer();
    let lost = false;
    server.before = put => {
      if (put === 4 && !lost) {
        lost = true;
        server.blocks.clear();
      }
    };
    check(server, await new Sender(server, new AbortController().signal).send(asked));
    expect(lost).toBe(true);
  });
  test('fails as a whole where the server refuses', async () => {
    const server = new FakeServer();
    server.before = () => {
      throw new SendError('over quota', 'fail');
    };
    await expect(new Sender(server, new AbortController().signal).send(asked)).rejects.toThrow('over quota');
  });
  test('tells which file can’t be read, and sends the others', async () => {
    const server = new FakeServer();
    const broken = { size: 10, read: async () => random(1, 3) };
    const sent = await new Sender(server, new AbortController().signal).send([
      { id: 7, file: broken },
      ...asked.slice(1),
    ]);
    expect(sent[0]).toEqual({ id: 7, failure: 'it became shorter while it was read' });
    check(server, sent.slice(1));
  });
  test('stops where it is cancelled, and goes on after a pause', async () => {
    const server = new FakeServer();
    const control = new AbortController();
    const sender = new Sender(server, control.signal);
    sender.pause();
    let over = false;
    const sending = sender.send(asked.slice(1)).then(sent => {
      over = true;
      return sent;
    });
    await new Promise(resolve => setTimeout(resolve, 0));
    expect(over).toBe(false);
    expect(server.puts).toBe(0);
    sender.resume();
    check(server, await sending);
    control.abort();
    await expect(sender.send(asked)).rejects.toThrow();
  });
});
