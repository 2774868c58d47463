/** SHA-256 (FIPS 180-4): the browser's where it has one, which is on secure pages only; else our own. */

const K = new Uint32Array(64);
const START = new Uint32Array(8);

// The constants are the first 32 bits of the fractional parts of the roots of the first primes.
{
  let found = 0;
  for (let n = 2; found < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n && prime; d++) {
      prime = n % d !== 0;
    }
    if (prime) {
      if (found < 8) {
        START[found] = fraction(Math.sqrt(n));
      }
      K[found++] = fraction(Math.cbrt(n));
    }
  }
}

function fraction(root: number): number {
  return (root - Math.floor(root)) * 2 ** 32;
}

const W = new Uint32Array(64);

/** The digest of bytes, 32 of them; for where there is no WebCrypto, and for tests. */
export function sha256Plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const state = START.slice();
  const whole = bytes.length - (bytes.length % 64);
  for (let at = 0; at < whole; at += 64) {
    compress(state, bytes, at);
  }
  const rest = bytes.length - whole;
  const tail = new Uint8Array(rest + 9 <= 64 ? 64 : 128);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const view = new DataView(tail.buffer);
  view.setUint32(tail.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(tail.length - 4, (bytes.length * 8) >>> 0);
  for (let at = 0; at < tail.length; at += 64) {
    compress(state, tail, at);
  }
  const out = new Uint8Array(32);
  const words = new DataView(out.buffer);
  state.forEach((word, i) => {
    words.setUint32(i * 4, word);
  });
  return out;
}

function word(array: Uint32Array | Uint8Array, index: number): number {
  return array[index] as number;
}

function compress(state: Uint32Array, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++) {
    const from = at + i * 4;
    W[i] =
      (word(bytes, from) << 24) |
      (word(bytes, from + 1) << 16) |
      (word(bytes, from + 2) << 8) |
      word(bytes, from + 3);
  }
  for (let i = 16; i < 64; i++) {
    const x = word(W, i - 15);
    const y = word(W, i - 2);
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = word(W, i - 16) + s0 + word(W, i - 7) + s1;
  }
  let a = word(state, 0) | 0;
  let b = word(state, 1) | 0;
  let c = word(state, 2) | 0;
  let d = word(state, 3) | 0;
  let e = word(state, 4) | 0;
  let f = word(state, 5) | 0;
  let g = word(state, 6) | 0;
  let h = word(state, 7) | 0;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + word(K, i) + word(W, i)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = word(state, 0) + a;
  state[1] = word(state, 1) + b;
  state[2] = word(state, 2) + c;
  state[3] = word(state, 3) + d;
  state[4] = word(state, 4) + e;
  state[5] = word(state, 5) + f;
  state[6] = word(state, 6) + g;
  state[7] = word(state, 7) + h;
}

/** The digest of bytes, 32 of them. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return globalThis.crypto?.subtle === undefined
    ? sha256Plain(bytes)
    : new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
