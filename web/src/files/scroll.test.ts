import { describe, expect, it } from 'vitest';
import { geometry, HEIGHT_MAX, isShortOfRoom, placed, scrolled, shown, TOP, top } from './scroll';

const ROW = 36;
const VIEW = 800;
const million = geometry(1_000_000, ROW, VIEW);
const LAST = million.full - VIEW;

/** A generator of its own seed, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe('a list of a million rows', () => {
  it('is no higher than a browser allows', () => {
    expect(million.real).toBe(HEIGHT_MAX);
    expect(million.full).toBe(36_000_000);
  });

  it('moves by as many pixels as a wheel says', () => {
    let position = placed(million, 18_000_000);
    for (let i = 0; i < 100; i++) {
      const before = top(position);
      position = scrolled(million, position, position.real + 120);
      expect(top(position) - before).toBe(120);
    }
  });

  it('goes to the same fraction by the scroll bar, and to both ends', () => {
    expect(top(scrolled(million, TOP, million.real - VIEW))).toBe(LAST);
    expect(top(scrolled(million, placed(million, LAST), 0))).toBe(0);
    const half = top(scrolled(million, TOP, (million.real - VIEW) / 2));
    expect(Math.abs(half - LAST / 2)).toBeLessThan(2);
  });

  it('shows every row wherever it was before', () => {
    const next = random(7);
    let position = TOP;
    for (let i = 0; i < 2_000; i++) {
      const row = Math.floor(next() * 1_000_000);
      position = shown(million, position, row, ROW);
      expect(row * ROW).toBeGreaterThanOrEqual(top(position));
      expect((row + 1) * ROW).toBeLessThanOrEqual(top(position) + VIEW);
    }
  });

  it('never leaves its rows, and can always be scrolled to its ends, whatever the moves', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const next = random(seed);
      let position = TOP;
      for (let i = 0; i < 2_000; i++) {
        const move = next() < 0.1 ? next() * million.real : position.real + (next() - 0.5) * 3_000;
        const real = Math.min(million.real - VIEW, Math.max(0, Math.round(move)));
        position = scrolled(million, position, real);
        if (isShortOfRoom(million, position)) {
          const before = top(position);
          position = placed(million, before);
          expect(top(position), `seed ${seed}`).toBe(before);
        }
        expect(top(position), `seed ${seed}`).toBeGreaterThanOrEqual(0);
        expect(top(position), `seed ${seed}`).toBeLessThanOrEqual(LAST);
        if (position.real === 0) {
          expect(top(position), `seed ${seed}`).toBeLessThanOrEqual(1);
        }
      }
    }
  });
});

describe('a short list', () => {
  it('has no offset', () => {
    const short = geometry(100, ROW, VIEW);
    expect(scrolled(short, TOP, 2_000)).toEqual({ real: 2_000, offset: 0 });
    expect(placed(short, 9_999_999)).toEqual({ real: 2_800, offset: 0 });
    expect(placed(geometry(3, ROW, VIEW), 50)).toEqual(TOP);
  });
});
