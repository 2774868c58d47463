import {
  CircleAlert,
  Download,
  FolderInput,
  FolderOpen,
  FolderPlus,
  FolderX,
  History,
  Info,
  MonitorSmartphone,
  Pencil,
  Trash2,
  X,
} from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { ApiError, type Node, type Project, sentence } from '../api/client';
import { useWindowTitle } from '../app/Head';
import { navigate, usePlace } from '../app/router';
import { folderAddress, type PageProps, versionsAddress } from '../app/routes';
import { Button, IconButton } from '../design/Button';
import { Empty, Waiting } from '../design/Empty';
import { ContextArea, type MenuEntry } from '../design/Menu';
import { useStore } from '../design/store';
import { complain, dismiss, say } from '../design/Toasts';
import { count, counted } from '../format';
import { onHead } from '../live/live';
import { JoinDevice } from '../projects/JoinDevice';
import { loadProject, projects } from '../projects/projects';
import { useReplicas } from '../projects/replicas';
import { SearchField } from '../search/SearchField';
import { DropArea } from '../upload/DropArea';
import { UploadButton } from '../upload/UploadButton';
import { Breadcrumbs } from './Breadcrumbs';
import { Details } from './Details';
import { download } from './download';
import { type Aim, FileList } from './FileList';
import styles from './FilesPage.module.css';
import { Listing, type Order, type Sort } from './listing';
import { MoveDialog } from './MoveDialog';
import { NewFolder } from './NewFolder';
import * as operations from './operations';
import { Preview } from './Preview';
import * as select from './selection';
import { type Folder, useFolder } from './useFolder';

/** A folder of a project. */
export default function FilesPage({ variables }: PageProps) {
  const id = variables.project ?? '';
  const folder = Number(variables.folder ?? 0);
  const project = useStore(projects)?.find(found => found.id === id);
  const [fault, setFault] = useState<unknown>();
  useEffect(() => {
    loadProject(id).catch(setFault);
  }, [id]);
  const { found, fault: folderFault, again } = useFolder(id, folder);
  const wrong = project === undefined ? fault : folderFault;
  if (wrong !== undefined || found?.node?.deleted) {
    const gone = found?.node?.deleted || (wrong instanceof ApiError && wrong.code === 'NOT_FOUND');
    return (
      <Empty
        icon={gone ? <FolderX /> : <CircleAlert />}
        title={gone ? 'This folder isn’t there' : 'This folder can’t be read'}
        text={gone ? 'It was deleted or moved, or it is nobody’s that you know.' : sentence(wrong)}
      >
        <Button look="main" onClick={() => navigate(project === undefined ? '/' : folderAddress(id, 0))}>
          {project === undefined ? 'To the projects' : `To ${project.name}`}
        </Button>
      </Empty>
    );
  }
  if (project === undefined || found === undefined) {
    return <Waiting />;
  }
  return <Files key={`${id} ${folder}`} project={project} folder={folder} place={found} onMoved={again} />;
}

const SORT_KEY = 'syncline.sort';
const DETAILS_KEY = 'syncline.details';

function storedSort(): [Sort, Order] {
  const [sort, order] = (localStorage.getItem(SORT_KEY) ?? '').split(' ');
  return sort === 'size' || sort === 'time'
    ? [sort, order === 'asc' ? 'asc' : 'desc']
    : ['name', order === 'desc' ? 'desc' : 'asc'];
}

function useListing(project: string, folder: number, sort: Sort, order: Order, onMoved: () => void): Listing {
  const listing = useMemo(() => new Listing(project, folder, sort, order), [project, folder, sort, order]);
  useEffect(() => {
    listing.open();
    const unfollow = onHead(head => {
      if (head.project !== project) {
        return;
      }
      const news = head.news?.changes;
      if (
        news === undefined ||
        news.some(node => node.parent === folder || listing.indexOf(node.id) !== undefined)
      ) {
        listing.hint();
      }
      if (news === undefined || news.some(node => node.kind === 'directory')) {
        onMoved();
      }
    });
    return () => {
      unfollow();
      listing.close();
    };
  }, [listing, project, folder, onMoved]);
  useSyncExternalStore(listing.subscribe, listing.snapshot);
  return listing;
}

function Files({
  project,
  folder,
  place,
  onMoved,
}: {
  project: Project;
  folder: number;
  place: Folder;
  onMoved: () => void;
}) {
  const [[sort, order], setSort] = useState(storedSort);
  const listing = useListing(project.id, folder, sort, order, onMoved);
  const [kept, setSelection] = useState(select.NOTHING);
  const selection = select.followed(kept, listing.total ?? kept.cursor + 1, id => listing.indexOf(id));
  const [renaming, setRenaming] = useState<number>();
  const [dialog, setDialog] = useState<'folder' | 'move' | 'join'>();
  const [details, setDetails] = useState(() => localStorage.getItem(DETAILS_KEY) === 'true');
  const [shown, setShown] = useState<Node>();
  const [goTo, setGoTo] = useState<Aim>();
  const { query } = usePlace();
  const wanted = query.get('select');

  const name = place.node?.name ?? project.name;
  useWindowTitle(name);
  const way = [
    { id: 0, name: project.name },
    ...place.above.map(above => ({ id: above.id, name: above.name })),
    ...(place.node === undefined ? [] : [{ id: folder, name }]),
  ];
  const mayChange = project.role !== 'viewer';
  const chosen = [...selection.nodes.values()].map(node => {
    const index = listing.indexOf(node.id);
    return (index === undefined ? undefined : listing.row(index)) ?? node;
  });

  const reveal = useCallback(
    async (node: Pick<Node, 'id' | 'name'>, still: () => boolean = () => true) => {
      try {
        await listing.refresh();
        const from = await listing.locate(node.name);
        if (from !== undefined) {
          const rows = await listing.rows(from, from + 199);
          const at = rows.findIndex(row => row.id === node.id);
          if (still()) {
            setGoTo({ index: from + Math.max(0, at), select: true, still });
          }
        }
      } catch (failure) {
        complain(sentence(failure));
      }
    },
    [listing],
  );
  const found = useWanted(project.id, wanted);
  const steered = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another aim counts anew
  useEffect(() => {
    steered.current = false;
  }, [wanted]);
  useEffect(() => {
    if (found !== undefined) {
      // Not under the hands of somebody who went elsewhere already.
      reveal(found, () => !steered.current);
    }
  }, [found, reveal]);

  const open = (node: Node) => {
    if (node.kind === 'directory') {
      navigate(folderAddress(project.id, node.id));
    } else if (node.kind === 'file') {
      setShown(node);
    }
  };
  const step = async (by: 1 | -1) => {
    const total = listing.total ?? 0;
    let index = shown === undefined ? undefined : listing.indexOf(shown.id);
    while (index !== undefined) {
      index += by;
      const [node] = index < 0 || index >= total ? [] : await listing.rows(index, index);
      if (node === undefined || node.kind === 'file') {
        if (node !== undefined) {
          setShown(node);
          setSelection(select.only(index, node));
          setGoTo({ index, select: true });
        }
        return;
      }
    }
  };

  const rename = async (node: Node, to: string) => {
    const wrong = operations.nameFault(to);
    if (wrong !== undefined) {
      complain(wrong);
      return;
    }
    try {
      const now = await operations.rename(project.id, node, to);
      say(`Renamed to “${to}”`, {
        label: 'Undo',
        run: () => {
          operations.rename(project.id, now, node.name).then(
            back => reveal(back),
            failure => complain(`Couldn’t rename back: ${sentence(failure)}`),
          );
        },
      });
      await reveal(now);
    } catch (failure) {
      complain(`“${node.name}” couldn’t be renamed: ${sentence(failure)}`);
    }
  };

  const move = async (nodes: readonly Node[], to: number) => {
    const moving = nodes.filter(node => node.parent !== to);
    if (moving.length === 0) {
      return;
    }
    try {
      const outcome = await operations.move(project.id, moving, to);
      tellRefused(outcome, 'moved');
      if (outcome.done.length > 0) {
        setSelection(now => select.without(now, new Set(outcome.done.map(node => node.id))));
        say(`Moved ${what(outcome.done)}`, {
          label: 'Undo',
          run: () => {
            operations
              .moveBack(project.id, moving, outcome.done)
              .then(() => listing.hint())
              .catch(failure => complain(`Couldn’t move back: ${sentence(failure)}`));
          },
        });
      }
      listing.hint();
    } catch (failure) {
      complain(sentence(failure));
    }
  };

  const remove = async () => {
    const nodes = chosen;
    if (nodes.length === 0) {
      return;
    }
    setSelection(now => ({ ...now, nodes: new Map() }));
    let told: number | undefined;
    try {
      const outcome = await operations.remove(project.id, nodes, removed => {
        if (told !== undefined) {
          dismiss(told);
        }
        told = say(`Deleting… ${count(removed)} so far`);
        listing.hint();
      });
      if (told !== undefined) {
        dismiss(told);
      }
      tellRefused(outcome, 'deleted');
      const { removed } = outcome;
      if (removed.length > 0) {
        const top = removed.filter(node => nodes.some(one => one.id === node.id));
        say(`Deleted ${what(top.length > 0 ? top : removed)}`, {
          label: 'Undo',
          run: () => {
            operations.restore(project.id, removed).then(
              back => {
                say(
                  back === removed.length
                    ? 'Everything is back'
                    : `${count(back)} of ${count(removed.length)} are back`,
                );
                listing.hint();
              },
              failure => complain(`Couldn’t undo: ${sentence(failure)}`),
            );
          },
        });
      }
      listing.hint();
    } catch (failure) {
      complain(sentence(failure));
      listing.hint();
    }
  };

  const chooseSort = (next: Sort) => {
    const to: [Sort, Order] =
      next === sort ? [sort, order === 'asc' ? 'desc' : 'asc'] : [next, next === 'name' ? 'asc' : 'desc'];
    localStorage.setItem(SORT_KEY, to.join(' '));
    setSort(to);
    setSelection(now => ({ ...select.NOTHING, nodes: now.nodes }));
    setGoTo({ index: 0, select: false });
  };
  const showDetails = (to: boolean) => {
    localStorage.setItem(DETAILS_KEY, String(to));
    setDetails(to);
  };

  const [only] = chosen;
  const single = chosen.length === 1 ? only : undefined;
  const menu: MenuEntry[] = [
    ...(single !== undefined && single.kind !== 'symlink'
      ? [{ label: 'Open', icon: <FolderOpen size={16} />, keys: 'Enter', run: () => open(single) }]
      : []),
    { label: 'Download', icon: <Download size={16} />, run: () => download(project.id, chosen) },
    { label: 'Details', icon: <Info size={16} />, run: () => showDetails(true) },
    ...(single?.kind === 'file'
      ? [
          {
            label: 'Versions',
            icon: <History size={16} />,
            run: () => navigate(versionsAddress(project.id, single.id)),
          },
        ]
      : []),
    ...(mayChange
      ? [
          null,
          ...(single === undefined
            ? []
            : [
                {
                  label: 'Rename',
                  icon: <Pencil size={16} />,
                  keys: 'F2',
                  run: () => setRenaming(single.id),
                },
              ]),
          { label: 'Move…', icon: <FolderInput size={16} />, run: () => setDialog('move') },
          { label: 'Delete', icon: <Trash2 size={16} />, keys: 'Del', danger: true, run: remove },
        ]
      : []),
  ];

  const up = place.above.at(-1)?.id ?? 0;
  return (
    <>
      <div className={styles.bar}>
        <Breadcrumbs project={project.id} way={way} onDrop={mayChange ? move : undefined} />
        <SearchField project={project.id} />
        {mayChange && (
          <UploadButton project={project.id} folder={folder} name={name} wordClass={styles.word} />
        )}
        {mayChange && (
          <Button onClick={() => setDialog('folder')} aria-label="New folder">
            <FolderPlus size={16} />
            <span className={styles.word}>New folder</span>
          </Button>
        )}
        {project.role === 'owner' && (
          <Button onClick={() => setDialog('join')} aria-label="Join a device">
            <MonitorSmartphone size={16} />
            <span className={styles.word}>Join a device</span>
          </Button>
        )}
        <IconButton
          label="Details"
          icon={<Info size={18} />}
          aria-pressed={details}
          onClick={() => showDetails(!details)}
        />
      </div>
      <div className={styles.body}>
        <div className={styles.files}>
          {listing.fault !== undefined && listing.total === undefined ? (
            <Empty icon={<CircleAlert />} title="This folder can’t be read" text={sentence(listing.fault)}>
              <Button look="main" onClick={() => listing.hint()}>
                Try again
              </Button>
            </Empty>
          ) : listing.total === undefined ? (
            <Waiting />
          ) : listing.total === 0 ? (
            <Nothing
              project={project}
              root={folder === 0}
              onJoin={() => setDialog('join')}
              onFolder={() => setDialog('folder')}
            />
          ) : (
            <ContextArea list={menu}>
              {/* A trigger hands handlers and a ref to one element; the list takes its own. */}
              <div className={styles.files}>
                <FileList
                  label={name}
                  listing={listing}
                  selection={selection}
                  onSelect={setSelection}
                  onSort={chooseSort}
                  onOpen={open}
                  onUp={() => folder !== 0 && navigate(`${folderAddress(project.id, up)}?select=${folder}`)}
                  onRename={mayChange ? rename : undefined}
                  onDelete={mayChange ? remove : undefined}
                  onDrop={mayChange ? move : undefined}
                  renaming={renaming}
                  onRenaming={node => setRenaming(node?.id)}
                  goTo={goTo}
                  onSteer={() => {
                    steered.current = true;
                  }}
                />
              </div>
            </ContextArea>
          )}
          {chosen.length > 0 ? (
            <div
              className={`${styles.foot} ${styles.chosen}`}
              role="toolbar"
              aria-label="What to do with the chosen rows"
            >
              <p className="numbers" role="status">
                {counted(chosen.length, 'row')} chosen
              </p>
              <Button look="quiet" small onClick={() => download(project.id, chosen)} aria-label="Download">
                <Download size={16} />
                <span className={styles.word}>Download</span>
              </Button>
              {mayChange && (
                <>
                  {single !== undefined && (
                    <Button look="quiet" small onClick={() => setRenaming(single.id)} aria-label="Rename">
                      <Pencil size={16} />
                      <span className={styles.word}>Rename</span>
                    </Button>
                  )}
                  <Button look="quiet" small onClick={() => setDialog('move')} aria-label="Move">
                    <FolderInput size={16} />
                    <span className={styles.word}>Move</span>
                  </Button>
                  <Button look="quiet" small onClick={remove} aria-label="Delete">
                    <Trash2 size={16} />
                    <span className={styles.word}>Delete</span>
                  </Button>
                </>
              )}
              <IconButton
                small
                label="Choose nothing"
                keys="Esc"
                icon={<X size={16} />}
                onClick={() => setSelection(now => ({ ...now, nodes: new Map() }))}
              />
            </div>
          ) : (
            <div className={styles.foot}>
              <span className="numbers">
                {listing.total !== undefined && counted(listing.total, 'entry', 'entries')}
              </span>
              <span className={styles.keys}>Type to find · Enter opens · F2 renames · Del deletes</span>
            </div>
          )}
        </div>
        {details && <Details project={project.id} nodes={chosen} onClose={() => showDetails(false)} />}
      </div>
      {mayChange && <DropArea project={project.id} folder={folder} name={name} />}
      {dialog === 'folder' && (
        <NewFolder
          project={project.id}
          parent={folder}
          onClose={() => setDialog(undefined)}
          onCreated={node => reveal(node)}
        />
      )}
      {dialog === 'move' && (
        <MoveDialog
          project={project.id}
          start={way}
          nodes={chosen}
          onClose={() => setDialog(undefined)}
          onMove={to => move(chosen, to)}
        />
      )}
      {dialog === 'join' && <JoinDevice project={project} onClose={() => setDialog(undefined)} />}
      {shown !== undefined && (
        <Preview
          project={project.id}
          node={shown}
          onClose={() => {
            setShown(undefined);
            const index = listing.indexOf(shown.id);
            if (index !== undefined) {
              setGoTo({ index, select: true });
            }
          }}
          onStep={step}
        />
      )}
    </>
  );
}

function what(nodes: readonly Node[]): string {
  const [first] = nodes;
  return nodes.length === 1 && first !== undefined
    ? `“${first.name}”`
    : counted(nodes.length, 'entry', 'entries');
}

function tellRefused(outcome: operations.Outcome, done: string): void {
  const [first] = outcome.refused;
  if (first !== undefined) {
    const others = outcome.refused.length - 1;
    complain(
      `“${first.node.name}” wasn’t ${done}: ${first.why}${others > 0 ? `; nor were ${counted(others, 'other')}` : ''}`,
    );
  }
}

/** The node that the address asks to be chosen. */
function useWanted(project: string, id: string | null): Node | undefined {
  const { found } = useFolder(project, id === null ? 0 : Number(id));
  return id === null || found?.node?.deleted ? undefined : found?.node;
}

/** A folder without anything in it; in a new project, how its first device joins. */
function Nothing({
  project,
  root,
  onJoin,
  onFolder,
}: {
  project: Project;
  root: boolean;
  onJoin(): void;
  onFolder(): void;
}) {
  const replicas = useReplicas(project.id);
  if (root && project.role === 'owner' && replicas === undefined) {
    return <Waiting />;
  }
  if (root && project.role === 'owner' && replicas?.length === 0) {
    return (
      <Empty
        icon={<MonitorSmartphone />}
        title="Join your first device"
        text="Its folder and this project will be kept equal. What it holds appears here as it arrives."
      >
        <Button look="main" onClick={onJoin}>
          Join a device
        </Button>
        <Button onClick={onFolder}>New folder</Button>
      </Empty>
    );
  }
  return (
    <Empty
      icon={<FolderOpen />}
      title="Nothing in here"
      text="What a device saves in this folder appears here by itself."
    >
      {project.role !== 'viewer' && <Button onClick={onFolder}>New folder</Button>}
    </Empty>
  );
}
