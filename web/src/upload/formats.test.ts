import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ChunkWriter, crc32c } from './chunk';
import { cut, MAX_BYTES } from './cutter';
import { sha256, sha256Plain, toHex } from './sha256';
import { type Block, nameOf, TreeBuilder, treeBlock } from './tree';

/** The vector bytes of docs/formats.md. */
function vector(label: string, n: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(n);
  const name = new TextEncoder().encode(label);
  const input = new Uint8Array(name.length + 8);
  input.set(name);
  for (let counter = 0; counter * 32 < n; counter++) {
    new DataView(input.buffer).setBigUint64(name.length, BigInt(counter));
    const hash = createHash('sha256').update(input).digest();
    out.set(hash.subarray(0, Math.min(32, n - counter * 32)), counter * 32);
  }
  return out;
}

function ends(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    at += cut(bytes, at, bytes.length, true);
    found.push(at);
  }
  return found;
}

describe('SHA-256', () => {
  test('is that of FIPS 180-4, at every length around a block', async () => {
    for (const length of [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1_000, 70_001]) {
      const bytes = vector('sha', length);
      const right = createHash('sha256').update(bytes).digest('hex');
      expect(toHex(sha256Plain(bytes)), `${length}`).toBe(right);
      expect(toHex(await sha256(bytes))).toBe(right);
    }
  });
});

describe('cutting (format 1)', () => {
  test('vector bytes are those of the document', () => {
    expect(toHex(vector('cut 1', 8))).toBe('c49e58f074991c9a');
  });
  test('ends blocks where every device does', () => {
    expect(ends(vector('cut 1', 1_048_576))).toEqual([
      80683, 205541, 238739, 283559, 326916, 396174, 478419, 537905, 579472, 641948, 690827, 799364, 870128,
      994438, 1047460, 1048576,
    ]);
    expect(ends(vector('cut 2', 300_000))).toEqual([52343, 138430, 202547, 270311, 300000]);
    expect(ends(new Uint8Array(600_000))).toEqual([262144, 524288, 600000]);
  });
  test('doesn’t depend on how much was read at once', () => {
    const bytes = vector('cut 1', 1_048_576);
    const whole = ends(bytes);
    for (let from = 0, i = 0; from + MAX_BYTES < bytes.length; i++) {
      const length = cut(bytes, from, from + MAX_BYTES, false);
      from += length;
      expect(from).toBe(whole[i]);
    }
    expect(() => cut(bytes, 0, MAX_BYTES - 1, false)).toThrow();
  });
});

describe('tree blocks', () => {
  const sha = (...bytes: number[]) => sha256Plain(Uint8Array.from(bytes));

  test('are spelt as in the document', async () => {
    const block = await treeBlock(1, [
      { name: sha(1), size: 1 },
      { name: sha(2), size: 65_536 },
    ]);
    expect(toHex(block.bytes)).toBe(
      '534c540101000201' +
        '4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a' +
        '808004' +
        'dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986',
    );
    expect(toHex(block.name)).toBe('f205ad0cf8cfb28953c427a8b08a391f40ba34d62b8c278319c7b032af31be23');
  });

  async function build(names: readonly Uint8Array<ArrayBuffer>[]) {
    const blocks: Block[] = [];
    const builder = new TreeBuilder(block => {
      blocks.push(block);
    });
    for (const name of names) {
      await builder.add(name, 100);
    }
    return { content: await builder.end(), blocks };
  }

  test('of nothing and of one block are none', async () => {
    const none = await build([]);
    expect(none.content).toMatchObject({ level: 0, size: 0 });
    expect(toHex(none.content.hash)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    const one = await build([sha(7)]);
    expect(one.content).toEqual({ level: 0, size: 100, hash: sha(7) });
    expect([...none.blocks, ...one.blocks]).toEqual([]);
  });

  test('list every block in order, children before parents, with one top', async () => {
    for (const count of [2, 127, 128, 129, 700, 4_096, 4_097, 9_000]) {
      const names = Array.from({ length: count }, (_, i) => sha(i & 0xff, i >> 8));
      const { content, blocks } = await build(names);
      expect(content.size).toBe(count * 100);
      const known = new Map(blocks.map(block => [toHex(block.name), block]));
      const seen = new Set<string>();
      const leaves: string[] = [];
      const read = (level: number, name: string) => {
        if (level === 0) {
          leaves.push(name);
          return;
        }
        const block = known.get(name) as Block;
        expect(block.level).toBe(level);
        let at = 7;
        const entries = (((block.bytes[5] as number) << 8) | (block.bytes[6] as number)) as number;
        for (let i = 0; i < entries; i++) {
          while (((block.bytes[at++] as number) & 0x80) !== 0) {
            // The size goes on.
          }
          read(level - 1, toHex(block.bytes.subarray(at, at + 32)));
          at += 32;
        }
        expect(at).toBe(block.bytes.length);
      };
      read(content.level, toHex(content.hash));
      expect(leaves).toEqual(names.map(toHex));
      expect(known.size).toBe(blocks.length);
      for (const block of blocks) {
        expect(seen.has(toHex(block.name))).toBe(false);
        seen.add(toHex(block.name));
        expect(toHex(await nameOf(block.level, block.bytes))).toBe(toHex(block.name));
      }
      expect(toHex(blocks.at(-1)?.name ?? new Uint8Array())).toBe(toHex(content.hash));
    }
  });

  test('end after an entry whose name ends with ten zero bits, from 128 on', async () => {
    const ending = (n: number) => {
      const name = sha(n, 9);
      name[30] = (name[30] as number) & 0xfc;
      name[31] = 0;
      return name;
    };
    const other = (n: number) => {
      const name = sha(n & 0xff, n >> 8, 1);
      name[31] = 1;
      return name;
    };
    const names = Array.from({ length: 300 }, (_, i) => (i === 126 || i === 199 ? ending(i) : other(i)));
    const { blocks } = await build(names);
    expect(blocks.map(block => [block.level, block.bytes[6]])).toEqual([
      [1, 200],
      [1, 100],
      [2, 2],
    ]);
  });
});

describe('chunks', () => {
  test('CRC-32C of "123456789" is that of every catalogue', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe306_9283);
  });
  test('are spelt as in the document', async () => {
    const chunk = new ChunkWriter();
    for (const text of ['hello', 'world']) {
      const bytes = new TextEncoder().encode(text);
      chunk.add({ level: 0, name: await nameOf(0, bytes), bytes });
    }
    const { name, bytes } = await chunk.build();
    expect(toHex(bytes)).toBe(
      '534c430100000000000000020000000a' +
        '5346010000000005000000052cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b98249a71bb4cadc8399468656c6c6f' +
        '534601000000000500000005486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a731aa814e0e20a4dd776f726c64',
    );
    expect(name).toHaveLength(64);
  });
});
