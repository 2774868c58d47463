import type { Node } from '../api/client';

/** What marks a drag as one of nodes of this page, beside files from the device. */
const TYPE = 'application/x-syncline-nodes';

let nodes: readonly Node[] = [];

/** The nodes that are being dragged: browsers don't tell before the drop what a drag holds. */
export const dragged = {
  begin(transfer: DataTransfer, some: readonly Node[]): void {
    nodes = some;
    transfer.setData(TYPE, String(some.length));
    transfer.effectAllowed = 'move';
  },
  /** Ends the drag and says what was dragged. */
  end(): readonly Node[] {
    const some = nodes;
    nodes = [];
    return some;
  },
};

/** Whether what is dragged may be dropped on this row. */
export function isDropTarget(node: Node): boolean {
  return node.kind === 'directory' && nodes.length > 0 && !nodes.some(one => one.id === node.id);
}

/** Whether what is dragged may be dropped into a folder that is named elsewhere on the page. */
export function isFolderTarget(folder: number): boolean {
  return (
    nodes.length > 0 && nodes.some(one => one.parent !== folder) && !nodes.some(one => one.id === folder)
  );
}
