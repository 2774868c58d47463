import { CircleAlert, Search, SearchX } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { api, data, isAbort, type Node, type Schema, sentence } from '../api/client';
import { useWindowTitle } from '../app/Head';
import { Link, usePlace } from '../app/router';
import { folderAddress, type PageProps } from '../app/routes';
import { Button } from '../design/Button';
import { Empty, Waiting } from '../design/Empty';
import { useStore } from '../design/store';
import { KindIcon } from '../files/kinds';
import { bytes, millisOf, shortMoment } from '../format';
import { projects } from '../projects/projects';
import { SearchField } from './SearchField';
import styles from './SearchPage.module.css';

/** Rows asked for at once. */
const HITS = 100;

/** Short pages asked for one after the other before a person is asked to go on. */
const PAGES_MAX = 10;

interface Hit {
  node: Node;
  /** The folders above it. */
  where: string;
}

interface Found {
  hits: readonly Hit[];
  after: string | undefined;
  /** Whether the newest names may be missing still. */
  late: boolean;
}

/** What a search in a whole project found. */
export default function SearchPage({ variables }: PageProps) {
  const id = variables.project ?? '';
  const text = usePlace().query.get('q') ?? '';
  const project = useStore(projects)?.find(found => found.id === id);
  useWindowTitle(`Search: ${text}`);
  const [found, setFound] = useState<Found>();
  const [fault, setFault] = useState<unknown>();
  const [busy, setBusy] = useState(true);
  useEffect(() => {
    const control = new AbortController();
    setBusy(true);
    setFault(undefined);
    look(id, text, undefined, control.signal)
      .then(setFound)
      .then(
        () => setBusy(false),
        failure => {
          if (!isAbort(failure)) {
            setFault(failure);
            setBusy(false);
          }
        },
      );
    return () => control.abort();
  }, [id, text]);
  const more = async () => {
    if (found?.after === undefined) {
      return;
    }
    setBusy(true);
    try {
      const next = await look(id, text, found.after, new AbortController().signal);
      setFound({ ...next, hits: [...found.hits, ...next.hits] });
    } catch (failure) {
      setFault(failure);
    }
    setBusy(false);
  };
  let body: ReactNode;
  if (text === '') {
    body = (
      <Empty
        icon={<Search />}
        title="Search"
        text="Type a part of a name; one or two letters find beginnings."
      />
    );
  } else if (fault !== undefined) {
    body = <Empty icon={<CircleAlert />} title="The search failed" text={sentence(fault)} />;
  } else if (found === undefined) {
    body = <Waiting label="Searching" />;
  } else if (found.hits.length === 0 && !busy) {
    body = (
      <Empty icon={<SearchX />} title="Nothing found" text={`No name in this project holds “${text}”.`} />
    );
  } else {
    body = (
      <div className={styles.list} aria-busy={busy}>
        {found.late && <p className={styles.note}>Names that came just now may not be found yet.</p>}
        <ul aria-label="What was found">
          {found.hits.map(hit => (
            <li key={hit.node.id}>
              <HitRow project={id} hit={hit} text={text} />
            </li>
          ))}
        </ul>
        {found.after !== undefined && (
          <div className={styles.more}>
            <Button onClick={more} disabled={busy}>
              Show more
            </Button>
          </div>
        )}
      </div>
    );
  }
  return (
    <>
      <div className={styles.bar}>
        <h1 className={styles.title}>Search in {project?.name ?? 'the project'}</h1>
        <SearchField project={id} text={text} />
      </div>
      {body}
    </>
  );
}

function HitRow({ project, hit, text }: { project: string; hit: Hit; text: string }) {
  const { node } = hit;
  const time = millisOf(node.mtime);
  const address =
    node.kind === 'directory'
      ? folderAddress(project, node.id)
      : `${folderAddress(project, node.parent)}?select=${node.id}`;
  return (
    <Link href={address} className={styles.hit}>
      <KindIcon node={node} />
      <span>
        <p className={styles.name}>
          <Marked name={node.name} text={text} />
        </p>
        <p className={styles.where}>{hit.where}</p>
      </span>
      <span className={`${styles.soft} ${styles.time}`}>{time === undefined ? '' : shortMoment(time)}</span>
      <span className={`${styles.soft} numbers`}>
        {node.size === undefined || node.kind !== 'file' ? '' : bytes(node.size)}
      </span>
    </Link>
  );
}

function Marked({ name, text }: { name: string; text: string }) {
  const at = name.toLowerCase().indexOf(text.toLowerCase());
  return at < 0 ? (
    name
  ) : (
    <>
      {name.slice(0, at)}
      <mark>{name.slice(at, at + text.length)}</mark>
      {name.slice(at + text.length)}
    </>
  );
}

/** Asks until something is found, the end is reached, or it took a while. */
async function look(
  project: string,
  q: string,
  after: string | undefined,
  signal: AbortSignal,
): Promise<Found> {
  const hits: Hit[] = [];
  let position = after;
  let late = false;
  for (let i = 0; i < PAGES_MAX; i++) {
    const page = await data(
      api.GET('/v1/projects/{p}/search', {
        params: {
          path: { p: project },
          query: { q, limit: HITS, ...(position !== undefined && { after: position }) },
        },
        signal,
      }),
    );
    late ||= page.complete < page.head;
    const above = new Map(page.directories.map(directory => [directory.id, directory]));
    hits.push(...page.nodes.map(node => ({ node, where: where(node, above) })));
    position = page.after;
    if (position === undefined || hits.length >= HITS) {
      break;
    }
  }
  return { hits, after: position, late };
}

/** The folders above a node, the highest first. */
export function where(node: Node, above: ReadonlyMap<number, Schema['SearchDirectory']>): string {
  const names: string[] = [];
  // At most as many as there are: a cycle, which only a faulty server can send, ends.
  for (
    let at = above.get(node.parent);
    at !== undefined && names.length <= above.size;
    at = above.get(at.parent)
  ) {
    names.unshift(at.name);
  }
  return names.length === 0 ? '/' : names.join(' / ');
}
