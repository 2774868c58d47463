import { describe, expect, test } from 'vitest';
import { type DiffRow, diff, EDITS_MAX, type Hunk, lines, rows } from './diff';

/** Both texts, put together again from the hunks. */
function check(left: readonly string[], right: readonly string[], hunks: readonly Hunk[]): number {
  let l = 0;
  let r = 0;
  let edits = 0;
  for (const hunk of hunks) {
    expect([hunk.leftFrom, hunk.rightFrom]).toEqual([l, r]);
    if (hunk.kind === 'same') {
      expect(left.slice(l, l + hunk.leftCount)).toEqual(right.slice(r, r + hunk.rightCount));
      expect(hunk.leftCount).toBeGreaterThan(0);
    } else {
      edits += hunk.leftCount + hunk.rightCount;
    }
    l += hunk.leftCount;
    r += hunk.rightCount;
  }
  expect([l, r]).toEqual([left.length, right.length]);
  return edits;
}

/** Fewest lines to remove and add, by the table that every textbook has. */
function distance(a: readonly string[], b: readonly string[]): number {
  let above = b.map((_, i) => i + 1);
  above.unshift(0);
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const same = a[i] === b[j] ? (above[j] ?? 0) : Number.POSITIVE_INFINITY;
      row.push(Math.min(same, (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    above = row;
  }
  return above[b.length] ?? 0;
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('lines', () => {
  test('are cut at any line break', () => {
    expect(lines('a\nb\r\nc\rd')).toEqual(['a', 'b', 'c', 'd']);
    expect(lines('a\n')).toEqual(['a']);
    expect(lines('a\n\n')).toEqual(['a', '']);
    expect(lines('')).toEqual([]);
  });
});

describe('difference', () => {
  test('is what the texts are, with as few edits as there can be', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const next = random(seed);
      const make = () =>
        Array.from({ length: Math.floor(next() * 14) }, () => 'abcd'[Math.floor(next() * 4)] ?? '');
      const [left, right] = [make(), make()];
      const edits = check(left, right, diff(left, right));
      expect(edits, `seed ${seed}`).toBe(distance(left, right));
    }
  });
  test('of equal texts is one hunk', () => {
    expect(diff(['a', 'b'], ['a', 'b'])).toEqual([
      { kind: 'same', leftFrom: 0, leftCount: 2, rightFrom: 0, rightCount: 2 },
    ]);
    expect(diff([], [])).toEqual([]);
  });
  test('of texts with too much that differs is all of both', () => {
    const left = Array.from({ length: EDITS_MAX }, (_, i) => `l${i}`);
    const right = Array.from({ length: EDITS_MAX }, (_, i) => `r${i}`);
    const hunks = diff(['x', ...left, 'y'], ['x', ...right, 'y']);
    expect(hunks.map(hunk => hunk.kind)).toEqual(['same', 'changed', 'same']);
    check(['x', ...left, 'y'], ['x', ...right, 'y'], hunks);
  });
});

describe('rows', () => {
  const left = Array.from({ length: 30 }, (_, i) => `${i}`);
  const right = left.map(line => (line === '15' ? 'fifteen' : line));
  const hunks = diff(left, right);

  test('fold what is the same for long, but show what is around a change', () => {
    const shown = rows(hunks, new Set());
    expect(shown.map(row => row.kind)).toEqual([
      'folded',
      ...Array(3).fill('same'),
      'changed',
      ...Array(3).fill('same'),
      'folded',
    ]);
    expect(shown[0]).toEqual({ kind: 'folded', count: 12, at: 0 });
    expect(shown[4]).toEqual({ kind: 'changed', left: 15, right: 15 });
  });
  test('show everything where all is opened', () => {
    const shown = rows(hunks, new Set([0, 2]));
    const side = (pick: (row: Exclude<DiffRow, { kind: 'folded' }>) => number | undefined) =>
      shown.flatMap(row => (row.kind === 'folded' ? [] : [pick(row)])).filter(n => n !== undefined);
    expect(side(row => row.left)).toEqual(left.map((_, i) => i));
    expect(side(row => row.right)).toEqual(right.map((_, i) => i));
  });
});
