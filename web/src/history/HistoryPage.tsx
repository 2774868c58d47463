import { CircleAlert, FilePen, FilePlus2, FileX2, FolderSymlink, History, Undo2 } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { type Project, sentence } from '../api/client';
import { Head } from '../app/Head';
import { Link } from '../app/router';
import { folderAddress, type PageProps, versionsAddress } from '../app/routes';
import { Button } from '../design/Button';
import { Empty, Waiting } from '../design/Empty';
import { Select } from '../design/Rows';
import { KindIcon } from '../files/kinds';
import { bytes, counted, moment } from '../format';
import { onHead } from '../live/live';
import { useReplicas } from '../projects/replicas';
import { WithProject } from '../projects/WithProject';
import styles from './History.module.css';
import { folderPath, type LogEntry, type LogQuestion, log } from './requests';
import { Tabs } from './Tabs';
import { UndoDialog } from './UndoDialog';
import { usePages } from './usePages';
import { actionWord, type Burst, bursts, burstWords, dayWord } from './words';

/** What happened in a project: by which device, and when; the newest first. */
export default function HistoryPage({ variables }: PageProps) {
  return <WithProject id={variables.project ?? ''}>{project => <Timeline project={project} />}</WithProject>;
}

/** A device that the timeline can be asked for. */
export interface Author {
  id: string;
  name: string;
}

function Timeline({ project }: { project: Project }) {
  const [device, setDevice] = useState('');
  const [day, setDay] = useState('');
  const [undoing, setUndoing] = useState(false);
  const question = useMemo<LogQuestion>(() => {
    const until = day === '' ? undefined : new Date(`${day}T00:00:00`);
    until?.setDate(until.getDate() + 1);
    return { ...(device !== '' && { device }), ...(until && { until: until.toISOString() }) };
  }, [device, day]);
  const ask = useCallback(
    async (before: number | undefined) => {
      const page = await log(project.id, question, before);
      return { list: page.entries, next: page.before };
    },
    [project.id, question],
  );
  const pages = usePages<LogEntry, number>(ask);
  const [news, setNews] = useState(false);
  const newest = pages.list?.[0]?.sequence ?? 0;
  useEffect(
    () => onHead(head => head.project === project.id && head.sequence > newest && setNews(true)),
    [project.id, newest],
  );
  const replicas = useReplicas(project.id);
  const [authors, setAuthors] = useState<readonly Author[]>([]);
  // Devices without a folder are known once something of theirs was seen.
  useEffect(() => {
    setAuthors(known => {
      const found = new Map(known.map(author => [author.id, author.name]));
      for (const replica of replicas ?? []) {
        found.set(replica.device, replica.deviceName);
      }
      for (const entry of pages.list ?? []) {
        found.set(entry.device, entry.deviceName);
      }
      return [...found]
        .map(([id, name]) => ({ id, name }))
        .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    });
  }, [replicas, pages.list]);

  return (
    <>
      <Head title="History" note="Every change, and the way back">
        {project.role !== 'viewer' && (
          <Button onClick={() => setUndoing(true)} disabled={authors.length === 0}>
            <Undo2 size={16} />
            Undo a device’s changes
          </Button>
        )}
      </Head>
      <div className={styles.bar}>
        <Tabs project={project.id} />
        <div className={styles.filters}>
          <Select label="Device" value={device} onChange={event => setDevice(event.target.value)}>
            <option value="">All devices</option>
            {authors.map(author => (
              <option key={author.id} value={author.id}>
                {author.name}
              </option>
            ))}
          </Select>
          <label className={styles.day}>
            <span className="visually-hidden">Up to the day</span>
            <input type="date" value={day} onChange={event => setDay(event.target.value)} />
          </label>
        </div>
      </div>
      {news && day === '' && (
        <div className={styles.news} role="status">
          <Button
            small
            onClick={() => {
              setNews(false);
              pages.again();
            }}
          >
            Show what is new
          </Button>
        </div>
      )}
      <Days pages={pages} project={project.id} />
      {undoing && (
        <UndoDialog
          project={project}
          authors={authors}
          device={device}
          onClose={() => {
            setUndoing(false);
            pages.again();
          }}
        />
      )}
    </>
  );
}

function Days({ pages, project }: { pages: ReturnType<typeof usePages<LogEntry, number>>; project: string }) {
  const { list, fault } = pages;
  const days = useMemo(() => {
    const found: { word: string; bursts: Burst[] }[] = [];
    for (const burst of bursts(list ?? [])) {
      const word = dayWord(burst.time);
      const last = found.at(-1);
      if (last?.word === word) {
        last.bursts.push(burst);
      } else {
        found.push({ word, bursts: [burst] });
      }
    }
    return found;
  }, [list]);
  if (fault !== undefined && list === undefined) {
    return <Empty icon={<CircleAlert />} title="The history can’t be read" text={sentence(fault)} />;
  }
  if (list === undefined) {
    return <Waiting />;
  }
  if (list.length === 0 && !pages.more) {
    return (
      <Empty
        icon={<History />}
        title="Nothing happened"
        text="Nothing that is remembered matches; choose another device or day."
      />
    );
  }
  return (
    <div className={styles.timeline}>
      {days.map(day => (
        <section key={day.word} aria-label={day.word}>
          <h2 className={styles.heading}>{day.word}</h2>
          <ol className={styles.bursts}>
            {day.bursts.map(burst => (
              <BurstRow key={burst.key} burst={burst} project={project} />
            ))}
          </ol>
        </section>
      ))}
      {fault !== undefined && <p role="alert">{sentence(fault)}</p>}
      {pages.more && (
        <Button className={styles.more ?? ''} onClick={pages.next} disabled={pages.busy}>
          {pages.busy ? 'Loading…' : 'Show older changes'}
        </Button>
      )}
    </div>
  );
}

const ICONS = { create: FilePlus2, update: FilePen, move: FolderSymlink, delete: FileX2 };

/** Entries shown of a burst that is opened, until more are asked for. */
const OPENED_MAX = 100;

function BurstRow({ burst, project }: { burst: Burst; project: string }) {
  const [open, setOpen] = useState(false);
  const [most, setMost] = useState(OPENED_MAX);
  const Icon = ICONS[burst.action];
  const [first] = burst.entries;
  const single = burst.entries.length === 1 && first !== undefined;
  return (
    <li className={styles.burst}>
      <div className={styles.line}>
        <span className={`${styles.icon} ${styles[burst.action]}`}>
          <Icon size={16} aria-hidden />
        </span>
        <div className={styles.text}>
          <p>
            <strong>{burst.deviceName}</strong> {actionWord(burst.action)}{' '}
            {single ? <Named entry={first} project={project} /> : burstWords(burst)}
          </p>
          {single && <Where project={project} folder={first.node.parent} />}
        </div>
        {!single && (
          <Button look="quiet" small aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide' : 'Show'} {counted(burst.entries.length, 'change')}
          </Button>
        )}
        <time
          className={styles.time}
          dateTime={new Date(burst.time).toISOString()}
          title={moment(burst.time)}
        >
          {clock(burst.time)}
        </time>
      </div>
      {open && (
        <ul className={styles.entries}>
          {burst.entries.slice(0, most).map(entry => (
            <li key={entry.sequence} className={styles.entry}>
              <KindIcon node={entry.node} size={16} />
              <Named entry={entry} project={project} />
              <Where project={project} folder={entry.node.parent} />
            </li>
          ))}
          {burst.entries.length > most && (
            <li>
              <Button look="quiet" small onClick={() => setMost(n => n + OPENED_MAX)}>
                Show more
              </Button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

/** A node by its name; a file's leads to its versions. */
function Named({ entry, project }: { entry: LogEntry; project: string }) {
  const { node } = entry;
  if (node.kind === 'directory') {
    return entry.action === 'delete' ? (
      <span>{node.name}</span>
    ) : (
      <Link href={folderAddress(project, node.id)}>{node.name}</Link>
    );
  }
  return (
    <>
      <Link href={versionsAddress(project, node.id)}>{node.name}</Link>
      {entry.action !== 'delete' && entry.action !== 'move' && node.size !== undefined && (
        <span className={styles.size}> {bytes(node.size)}</span>
      )}
    </>
  );
}

/** The folder that something is in, as a path. */
export function Where({ project, folder }: { project: string; folder: number }) {
  const [path, setPath] = useState('');
  useEffect(() => {
    let over = false;
    folderPath(project, folder).then(found => over || setPath(found));
    return () => {
      over = true;
    };
  }, [project, folder]);
  return path === '' ? null : <span className={styles.where}>in {path}</span>;
}

const format = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

function clock(millis: number): string {
  return format.format(millis);
}
