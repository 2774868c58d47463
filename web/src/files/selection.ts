import type { Node } from '../api/client';

/**
 * Which rows are chosen. Chosen are nodes, not indexes: rows move by themselves. `cursor` is the row that the
 * keyboard is at, `anchor` the one that a range is drawn from.
 */
export interface Selection {
  cursor: number;
  /** The node at the cursor, by which it is found again when rows moved. */
  cursorId: number | undefined;
  anchor: number;
  nodes: ReadonlyMap<number, Node>;
}

/** Most nodes that can be chosen at once. */
export const CHOSEN_MAX = 10_000;

export const NOTHING: Selection = { cursor: 0, cursorId: undefined, anchor: 0, nodes: new Map() };

/** This row alone. */
export function only(index: number, node: Node | undefined): Selection {
  return {
    cursor: index,
    cursorId: node?.id,
    anchor: index,
    nodes: new Map(node === undefined ? [] : [[node.id, node]]),
  };
}

/** The cursor goes there and nothing else changes. */
export function moved(selection: Selection, index: number, node: Node | undefined): Selection {
  return { ...selection, cursor: index, cursorId: node?.id, anchor: index };
}

/** This row joins or leaves. */
export function toggled(selection: Selection, index: number, node: Node): Selection {
  const nodes = new Map(selection.nodes);
  if (!nodes.delete(node.id)) {
    nodes.set(node.id, node);
  }
  return { cursor: index, cursorId: node.id, anchor: index, nodes };
}

/** The rows from the anchor to this one. */
export function ranged(selection: Selection, index: number, rows: readonly Node[]): Selection {
  const last = index < selection.anchor ? rows[0] : rows.at(-1);
  return {
    cursor: index,
    cursorId: last?.id,
    anchor: selection.anchor,
    nodes: new Map(rows.map(node => [node.id, node])),
  };
}

/** As it is after rows changed: what is gone is chosen no more, and the cursor stays with its node. */
export function followed(
  selection: Selection,
  total: number,
  indexOf: (id: number) => number | undefined,
): Selection {
  const at = selection.cursorId === undefined ? undefined : indexOf(selection.cursorId);
  const cursor = Math.max(0, Math.min(at ?? selection.cursor, total - 1));
  return cursor === selection.cursor ? selection : { ...selection, cursor, anchor: cursor };
}

/** Without these nodes. */
export function without(selection: Selection, ids: ReadonlySet<number>): Selection {
  return { ...selection, nodes: new Map([...selection.nodes].filter(([id]) => !ids.has(id))) };
}
