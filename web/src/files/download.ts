import { contentAddress, type Node } from '../api/client';
import { complain } from '../design/Toasts';

/** Most nodes that one archive can be asked for by name; a folder counts as one. */
export const ARCHIVE_NODES_MAX = 500;

/** Lets the browser download a file, or several nodes and folders as one zip archive. */
export function download(project: string, nodes: readonly Node[]): void {
  const [first] = nodes;
  if (first === undefined) {
    return;
  }
  if (nodes.length > ARCHIVE_NODES_MAX) {
    complain(`At most ${ARCHIVE_NODES_MAX} entries can be downloaded at once; a folder counts as one`);
    return;
  }
  const alone = nodes.length === 1 && first.kind === 'file';
  const link = document.createElement('a');
  link.href = alone
    ? contentAddress(project, first.id)
    : `/v1/projects/${project}/archive?nodes=${nodes.map(node => node.id).join(',')}`;
  link.download = '';
  link.click();
}
