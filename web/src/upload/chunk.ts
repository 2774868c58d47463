/** Frames and chunks: how blocks travel, docs/formats.md, *Frames* and *Chunks*. Frames are plain here. */
import { sha256, toHex } from './sha256';
import type { Block } from './tree';

export const FRAME_HEADER_BYTES = 52;
const CHUNK_HEADER_BYTES = 16;

/** Most bytes of an uploaded chunk with its headers, and most blocks. */
export const CHUNK_BYTES_MAX = 4 << 20;
const BLOCKS_MAX = 16_384;

// CRC-32C (Castagnoli), four bytes at a time.
const tables = Array.from({ length: 4 }, () => new Uint32Array(256));
for (let n = 0; n < 256; n++) {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) {
    crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  }
  (tables[0] as Uint32Array)[n] = crc;
}
for (let n = 0; n < 256; n++) {
  for (let t = 1; t < 4; t++) {
    const before = (tables[t - 1] as Uint32Array)[n] as number;
    (tables[t] as Uint32Array)[n] = (before >>> 8) ^ ((tables[0] as Uint32Array)[before & 0xff] as number);
  }
}
const [T0, T1, T2, T3] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/** CRC-32C of bytes, unsigned. */
export function crc32c(bytes: Uint8Array, from = 0, end = bytes.length): number {
  let crc = -1;
  let i = from;
  for (; i + 4 <= end; i += 4) {
    crc ^=
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    crc =
      (T3[crc & 0xff] as number) ^
      (T2[(crc >>> 8) & 0xff] as number) ^
      (T1[(crc >>> 16) & 0xff] as number) ^
      (T0[crc >>> 24] as number);
  }
  for (; i < end; i++) {
    crc = (crc >>> 8) ^ (T0[(crc ^ (bytes[i] as number)) & 0xff] as number);
  }
  return ~crc >>> 0;
}

/** A chunk that is being filled. */
export class ChunkWriter {
  private readonly blocks: Block[] = [];
  private bytes = CHUNK_HEADER_BYTES;
  private plain = 0;

  get count(): number {
    return this.blocks.length;
  }

  /** Whether the block still fits. */
  fits(block: Block): boolean {
    return (
      this.blocks.length < BLOCKS_MAX &&
      this.bytes + FRAME_HEADER_BYTES + block.bytes.length <= CHUNK_BYTES_MAX
    );
  }

  add(block: Block): void {
    this.blocks.push(block);
    this.bytes += FRAME_HEADER_BYTES + block.bytes.length;
    this.plain += block.bytes.length;
  }

  /** The chunk's bytes, and its name in hexadecimal. */
  async build(): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer>; plainBytes: number }> {
    const bytes = new Uint8Array(this.bytes);
    const view = new DataView(bytes.buffer);
    const names = new Uint8Array(this.blocks.length * 32);
    view.setUint32(0, 0x534c_4301);
    view.setUint32(8, this.blocks.length);
    view.setUint32(12, this.plain);
    let at = CHUNK_HEADER_BYTES;
    this.blocks.forEach((block, i) => {
      const size = block.bytes.length;
      view.setUint32(at, 0x5346_0100);
      view.setUint32(at + 4, (block.level << 24) | size);
      view.setUint32(at + 8, size);
      bytes.set(block.name, at + 12);
      view.setUint32(at + 44, crc32c(block.bytes));
      view.setUint32(at + 48, crc32c(bytes, at, at + 48));
      bytes.set(block.bytes, at + FRAME_HEADER_BYTES);
      names.set(block.name, i * 32);
      at += FRAME_HEADER_BYTES + size;
    });
    return { name: toHex(await sha256(names)), bytes, plainBytes: this.plain };
  }
}
