/**
 * How a list that is higher than a browser lets an element be is scrolled. Browsers cap heights (Chromium at
 * 33,554,432 px, Firefox at half of that), and positions lose their fractions long before. So the scrolled
 * element has a lower height, and an *offset* says how far what is shown lies below what the scroll bar says.
 * Small moves, as by a wheel, keep the offset: they move the rows by as many pixels. Large ones, as by the
 * scroll bar, go to the same fraction of the list. All lengths are pixels.
 */
export interface Geometry {
  /** All rows. */
  full: number;
  /** The scrolled element. */
  real: number;
  /** What is seen at once. */
  view: number;
}

export interface Position {
  /** What the scroll bar says. */
  real: number;
  /** What is to be added for the true position within all rows. */
  offset: number;
}

/** Highest scrolled element: below it, half pixels of screens with two per pixel are still exact. */
export const HEIGHT_MAX = 4_000_000;

/** Moves of more than so many views are jumps. */
const JUMP_VIEWS = 2;

export const TOP: Position = { real: 0, offset: 0 };

export function geometry(rows: number, rowHeight: number, view: number): Geometry {
  const full = rows * rowHeight;
  return { full, real: Math.min(full, HEIGHT_MAX), view };
}

/** Where the first pixel of the view is within all rows. */
export function top(position: Position): number {
  return position.real + position.offset;
}

/** The position that shows this pixel first, with the scroll bar at the same fraction. */
export function placed(g: Geometry, wanted: number): Position {
  const most = Math.max(0, g.full - g.view);
  const at = clamp(wanted, 0, most);
  const real = most === 0 ? 0 : Math.round((at / most) * Math.max(0, g.real - g.view));
  return { real, offset: at - real };
}

/** The position after the scroll bar went to `real`. */
export function scrolled(g: Geometry, before: Position, real: number): Position {
  const most = Math.max(0, g.full - g.view);
  if (g.full === g.real) {
    return { real, offset: 0 };
  }
  const moved = real - before.real;
  if (Math.abs(moved) <= JUMP_VIEWS * g.view) {
    return { real, offset: clamp(top(before) + moved, 0, most) - real };
  }
  const at = (real / Math.max(1, g.real - g.view)) * most;
  return { real, offset: clamp(Math.round(at), 0, most) - real };
}

/**
 * Whether the scroll bar is about to end where the rows don't: then it has to be put where it belongs at once,
 * and not only when the scrolling rests.
 */
export function isShortOfRoom(g: Geometry, position: Position): boolean {
  if (g.full === g.real) {
    return false;
  }
  const left = g.real - g.view - position.real;
  const rowsLeft = g.full - g.view - top(position);
  return (
    (position.real < g.view && top(position) > position.real + 1) ||
    (left < g.view && rowsLeft > Math.max(0, left) + 1)
  );
}

/** The position from which a row is seen whole: the same one where it is already. */
export function shown(g: Geometry, position: Position, row: number, rowHeight: number): Position {
  const from = row * rowHeight;
  if (from < top(position)) {
    return placed(g, from);
  }
  if (from + rowHeight > top(position) + g.view) {
    return placed(g, from + rowHeight - g.view);
  }
  return position;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
