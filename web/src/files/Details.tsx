import { X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { api, contentAddress, data, type Node, type Schema } from '../api/client';
import { IconButton } from '../design/Button';
import { ago, bytes, count, counted, millisOf, moment } from '../format';
import styles from './Details.module.css';
import { KindIcon, kindWord, lookOf } from './kinds';

/** Larger images aren't fetched only to be shown small. */
const PICTURE_BYTES_MAX = 8_000_000;

/** What is known of the chosen nodes, beside the list. */
export function Details({
  project,
  nodes,
  onClose,
}: {
  project: string;
  nodes: readonly Node[];
  onClose(): void;
}) {
  const [first] = nodes;
  return (
    <aside className={styles.details} aria-label="Details">
      <div className={styles.head}>
        <h2 className={styles.name}>
          {nodes.length === 1 && first !== undefined
            ? first.name
            : nodes.length === 0
              ? 'Details'
              : counted(nodes.length, 'entry', 'entries')}
        </h2>
        <IconButton small label="Close details" icon={<X size={16} />} onClick={onClose} />
      </div>
      {nodes.length === 0 && <p className={styles.none}>Choose something to see what it is.</p>}
      {nodes.length === 1 && first !== undefined && <One key={first.id} project={project} node={first} />}
      {nodes.length > 1 && <Several nodes={nodes} />}
    </aside>
  );
}

/** The last change of a node: who made it, and when. */
function useLastChange(project: string, node: Node): Schema['LogEntry'] | undefined {
  const [entry, setEntry] = useState<Schema['LogEntry']>();
  useEffect(() => {
    const control = new AbortController();
    data(
      api.GET('/v1/projects/{p}/nodes/{id}/history', {
        params: { path: { p: project, id: node.id }, query: { limit: 1, before: node.sequence + 1 } },
        signal: control.signal,
      }),
    ).then(
      page => setEntry(page.entries[0]),
      // Then it isn't said.
      () => undefined,
    );
    return () => control.abort();
  }, [project, node.id, node.sequence]);
  return entry;
}

function One({ project, node }: { project: string; node: Node }) {
  const last = useLastChange(project, node);
  const time = millisOf(node.mtime);
  const shown = lookOf(node) === 'image' && (node.size ?? 0) <= PICTURE_BYTES_MAX;
  return (
    <>
      <div className={styles.picture}>
        {shown ? (
          <img key={node.hash} src={contentAddress(project, node.id, true)} alt="" />
        ) : (
          <KindIcon node={node} size={48} />
        )}
      </div>
      <dl className={styles.facts}>
        <Fact term="Kind">{kindWord(node)}</Fact>
        {node.kind === 'file' && node.size !== undefined && (
          <Fact term="Size">
            <span title={`${count(node.size)} bytes`}>{bytes(node.size)}</span>
          </Fact>
        )}
        {time !== undefined && <Fact term="Changed">{moment(time)}</Fact>}
        {last !== undefined && (
          <Fact term="Came">
            from {last.deviceName},{' '}
            <span title={moment(Date.parse(last.time))}>{ago(Date.parse(last.time))}</span>
          </Fact>
        )}
        {node.executable && <Fact term="Executable">yes</Fact>}
        <Fact term="Version">{count(node.sequence)}</Fact>
        {node.hash !== undefined && (
          <Fact term="Content">
            <span className={styles.hash} title={node.hash}>
              {node.hash.slice(0, 16)}…
            </span>
          </Fact>
        )}
      </dl>
    </>
  );
}

function Several({ nodes }: { nodes: readonly Node[] }) {
  const folders = nodes.filter(node => node.kind === 'directory').length;
  const size = nodes.reduce((sum, node) => sum + (node.kind === 'file' ? (node.size ?? 0) : 0), 0);
  return (
    <dl className={styles.facts}>
      {folders > 0 && <Fact term="Folders">{count(folders)}</Fact>}
      <Fact term="Files">{count(nodes.length - folders)}</Fact>
      <Fact term="Size of the files">{bytes(size)}</Fact>
    </dl>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}
