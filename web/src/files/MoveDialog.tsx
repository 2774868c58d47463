import { ChevronRight } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { api, data, type Node, sentence } from '../api/client';
import { Button } from '../design/Button';
import { Dialog, DialogActions } from '../design/Dialog';
import { Waiting } from '../design/Empty';
import { counted } from '../format';
import { focusList } from './FileList';
import { KindIcon } from './kinds';
import styles from './MoveDialog.module.css';

/** Folders asked for at once. */
const FOLDERS = 200;

/** Asks where to move something: one goes from folder to folder, and says "here". */
export function MoveDialog({
  project,
  start,
  nodes,
  onClose,
  onMove,
}: {
  project: string;
  /** The way to the folder to begin in; the project itself first, as folder 0. */
  start: readonly { id: number; name: string }[];
  nodes: readonly Node[];
  onClose(): void;
  onMove(folder: number): void;
}) {
  const [way, setWay] = useState(start);
  const [folders, setFolders] = useState<readonly Node[]>();
  const [after, setAfter] = useState<string>();
  const [fault, setFault] = useState<string>();
  const here = way.at(-1) ?? { id: 0, name: '' };
  const taken = new Set(nodes.map(node => node.id));

  const load = useCallback(
    async (folder: number, from: string | undefined) => {
      try {
        const page = await data(
          api.GET('/v1/projects/{p}/nodes/{id}/children', {
            params: {
              path: { p: project, id: folder },
              query: { limit: FOLDERS, ...(from !== undefined && { after: from }) },
            },
          }),
        );
        const found = page.nodes.filter(node => node.kind === 'directory');
        setFolders(before => [...((from !== undefined && before) || []), ...found]);
        // Folders come first: behind a file there is none.
        setAfter(found.length === page.nodes.length ? page.after : undefined);
      } catch (failure) {
        setFault(sentence(failure));
      }
    },
    [project],
  );
  useEffect(() => {
    setFolders(undefined);
    load(here.id, undefined);
  }, [load, here.id]);

  const first = nodes[0];
  const what =
    nodes.length === 1 && first !== undefined ? `“${first.name}”` : counted(nodes.length, 'entry', 'entries');
  const same = nodes.every(node => node.parent === here.id);
  return (
    <Dialog title={`Move ${what}`} onClose={onClose} onCloseAutoFocus={focusList}>
      <nav className={styles.way} aria-label="Way to the folder">
        {way.map((step, i) => (
          <Button key={step.id} look="quiet" small onClick={() => setWay(way.slice(0, i + 1))}>
            {step.name}
          </Button>
        ))}
      </nav>
      <div className={styles.folders} aria-busy={folders === undefined}>
        {fault !== undefined && (
          <p className={styles.none} role="alert">
            {fault}
          </p>
        )}
        {folders === undefined && fault === undefined && <Waiting />}
        {folders?.length === 0 && <p className={styles.none}>There are no folders in here.</p>}
        <ul>
          {folders?.map(folder => (
            <li key={folder.id}>
              <button
                type="button"
                className={styles.folder}
                disabled={taken.has(folder.id)}
                onClick={() => setWay([...way, { id: folder.id, name: folder.name }])}
              >
                <KindIcon node={folder} />
                <span>{folder.name}</span>
                <ChevronRight size={16} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
        {after !== undefined && (
          <Button look="quiet" onClick={() => load(here.id, after)}>
            Show more
          </Button>
        )}
      </div>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="main"
          disabled={same}
          onClick={() => {
            onClose();
            onMove(here.id);
          }}
        >
          Move to {here.name}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
