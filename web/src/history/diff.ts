/**
 * The difference of two texts by lines: Myers' greedy algorithm ("An O(ND) Difference Algorithm and Its
 * Variations", 1986), after what both begin and end with is set aside.
 */

/** Most lines that differ before it is given up for "all of it": bounds time and memory. */
export const EDITS_MAX = 2_000;

/** Part of a difference: lines of both, or what is on one side only where the other is empty. */
export interface Hunk {
  kind: 'same' | 'changed';
  /** First line on each side, from 0, and how many. */
  leftFrom: number;
  leftCount: number;
  rightFrom: number;
  rightCount: number;
}

/** A text's lines; one that ends with a line break has no empty line behind it. */
export function lines(text: string): string[] {
  if (text === '') {
    return [];
  }
  const found = text.split(/\r\n|\n|\r/);
  if (found.at(-1) === '') {
    found.pop();
  }
  return found;
}

/** What is the same and what isn't, in order; together the hunks are both texts. */
export function diff(left: readonly string[], right: readonly string[]): Hunk[] {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) {
    start++;
  }
  let end = 0;
  while (
    end < left.length - start &&
    end < right.length - start &&
    left[left.length - 1 - end] === right[right.length - 1 - end]
  ) {
    end++;
  }
  const hunks: Hunk[] = [];
  const add = (kind: Hunk['kind'], leftCount: number, rightCount: number) => {
    if (leftCount + rightCount === 0) {
      return;
    }
    const last = hunks.at(-1);
    if (last?.kind === kind) {
      last.leftCount += leftCount;
      last.rightCount += rightCount;
    } else {
      const leftFrom = last === undefined ? 0 : last.leftFrom + last.leftCount;
      const rightFrom = last === undefined ? 0 : last.rightFrom + last.rightCount;
      hunks.push({ kind, leftFrom, leftCount, rightFrom, rightCount });
    }
  };
  add('same', start, start);
  const a = left.slice(start, left.length - end);
  const b = right.slice(start, right.length - end);
  for (const [kind, count] of middle(a, b)) {
    add(kind === 'same' ? 'same' : 'changed', kind === 'added' ? 0 : count, kind === 'removed' ? 0 : count);
  }
  add('same', end, end);
  return hunks;
}

type Step = ['same' | 'removed' | 'added', number];

function middle(a: readonly string[], b: readonly string[]): Step[] {
  const all: Step[] = [
    ['removed', a.length],
    ['added', b.length],
  ];
  if (a.length === 0 || b.length === 0) {
    return all;
  }
  const max = Math.min(EDITS_MAX, a.length + b.length);
  // Furthest x on each diagonal k = x - y, shifted by `max`; a copy of the used part for each number of edits.
  const reach = new Int32Array(2 * max + 2);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= max; d++) {
    trace.push(reach.slice(max - d, max + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && at(reach, max + k - 1) < at(reach, max + k + 1));
      let x = down ? at(reach, max + k + 1) : at(reach, max + k - 1) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++;
        y++;
      }
      reach[max + k] = x;
      if (x >= a.length && y >= b.length) {
        return back(trace, d, k, a.length);
      }
    }
  }
  return all;
}

function at(array: Int32Array, index: number): number {
  return array[index] ?? 0;
}

/** The way that was found, from its end to its beginning, then turned. */
function back(trace: readonly Int32Array[], edits: number, diagonal: number, length: number): Step[] {
  const steps: Step[] = [];
  let k = diagonal;
  let x = length;
  for (let d = edits; d > 0; d--) {
    const before = trace[d] ?? new Int32Array();
    const reach = (on: number) => at(before, on + d);
    const down = k === -d || (k !== d && reach(k - 1) < reach(k + 1));
    const from = down ? k + 1 : k - 1;
    const fromX = reach(from);
    steps.push(['same', x - (down ? fromX : fromX + 1)]);
    steps.push([down ? 'added' : 'removed', 1]);
    k = from;
    x = fromX;
  }
  steps.push(['same', x]);
  return steps.reverse();
}

/** A row of two texts side by side: a line of each, or of one. */
export type DiffRow =
  | { kind: 'same' | 'changed'; left?: number; right?: number }
  | { kind: 'folded'; count: number; at: number };

/** Lines around a change that are shown with it. */
export const CONTEXT_LINES = 3;

/** Rows to show; what is the same for long is folded, unless its hunk is among those opened. */
export function rows(hunks: readonly Hunk[], opened: ReadonlySet<number>): DiffRow[] {
  const found: DiffRow[] = [];
  hunks.forEach((hunk, i) => {
    if (hunk.kind === 'changed') {
      for (let n = 0; n < Math.max(hunk.leftCount, hunk.rightCount); n++) {
        found.push({
          kind: 'changed',
          ...(n < hunk.leftCount && { left: hunk.leftFrom + n }),
          ...(n < hunk.rightCount && { right: hunk.rightFrom + n }),
        });
      }
      return;
    }
    const head = i === 0 ? 0 : CONTEXT_LINES;
    const tail = i === hunks.length - 1 ? 0 : CONTEXT_LINES;
    const folds = !opened.has(i) && hunk.leftCount > head + tail + 1;
    for (let n = 0; n < hunk.leftCount; n++) {
      if (folds && n === head) {
        const count = hunk.leftCount - head - tail;
        found.push({ kind: 'folded', count, at: i });
        n += count - 1;
      } else {
        found.push({ kind: 'same', left: hunk.leftFrom + n, right: hunk.rightFrom + n });
      }
    }
  });
  return found;
}
