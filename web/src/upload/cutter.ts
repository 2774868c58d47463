/**
 * Where content is cut into blocks: FastCDC (Xia et al., 2016) with normalised chunking, format 1 of
 * docs/formats.md, *Cutting*. The same bytes are cut in the same places as by every other device.
 */
import { sha256Plain } from './sha256';

/** Fewest bytes of a block, unless content ends with it; most bytes. */
export const MIN_BYTES = 16_384;
export const MAX_BYTES = 262_144;

/** From this index on in a block a cut is easier: 15 bits of the fingerprint have to be zero instead of 17. */
const EASIER_FROM = 40_960;
const HARD_MASK = 0xffff_8000 | 0;
const EASY_MASK = 0xfffe_0000 | 0;

/** A random number of 64 bits for each byte, in halves. */
const gearHigh = new Int32Array(256);
const gearLow = new Int32Array(256);
{
  const label = new TextEncoder().encode('syncline gear 1');
  const input = new Uint8Array(label.length + 1);
  input.set(label);
  for (let byte = 0; byte < 256; byte++) {
    input[label.length] = byte;
    const words = new DataView(sha256Plain(input).buffer);
    gearHigh[byte] = words.getInt32(0);
    gearLow[byte] = words.getInt32(4);
  }
}

/**
 * The length of the block that begins at `from`.
 *
 * @param end where the bytes end that are there
 * @param last whether the content ends there as well; else at least MAX_BYTES must be there
 */
export function cut(bytes: Uint8Array, from: number, end: number, last: boolean): number {
  const left = end - from;
  if (!last && left < MAX_BYTES) {
    throw new Error('a block may end beyond the bytes that are there');
  }
  if (left <= MIN_BYTES) {
    return left;
  }
  const most = Math.min(left, MAX_BYTES);
  let high = 0;
  let low = 0;
  let i = MIN_BYTES;
  for (const [until, mask] of [
    [Math.min(EASIER_FROM, most), HARD_MASK],
    [most, EASY_MASK],
  ] as const) {
    for (; i < until; i++) {
      const byte = bytes[from + i] as number;
      const doubled = low << 1;
      const sum = (doubled >>> 0) + ((gearLow[byte] as number) >>> 0);
      high = ((high << 1) | (low >>> 31)) + (gearHigh[byte] as number) + (sum > 0xffff_ffff ? 1 : 0);
      high |= 0;
      low = sum | 0;
      if ((high & mask) === 0) {
        return i + 1;
      }
    }
  }
  return most;
}
