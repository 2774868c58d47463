import {
  DoorOpen,
  FolderCog,
  type LucideIcon,
  MonitorSmartphone,
  RefreshCw,
  ScrollText,
  SlidersHorizontal,
  TriangleAlert,
  Users,
} from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { sentence } from '../api/client';
import { Head } from '../app/Head';
import { Link, navigate, usePlace } from '../app/router';
import { Fault } from '../design/Ask';
import { Button } from '../design/Button';
import { Empty } from '../design/Empty';
import { useStore } from '../design/store';
import { ago, moment } from '../format';
import { usePages } from '../history/usePages';
import { dayWord } from '../history/words';
import { projects } from '../projects/projects';
import { useAnswer } from '../projects/WithProject';
import { AccountChoice } from './AccountChoice';
import { type AuditKind, actor, detailWords, kindOf, told } from './audit';
import styles from './Operator.module.css';
import { Operators } from './Operators';
import { type AuditEntry, listAudit, listSettings, type Setting } from './requests';
import { Unread } from './Unread';

/** Who did what, from where; the newest first. */
export default function AuditPage() {
  return (
    <Operators>
      <Audit />
    </Operators>
  );
}

function Audit() {
  const account = usePlace().query.get('account') ?? '';
  const ask = useCallback(
    async (before: number | undefined) => {
      const page = await listAudit(account === '' ? undefined : account, before);
      return { list: page.entries, next: page.before };
    },
    [account],
  );
  const pages = usePages<AuditEntry, number>(ask);
  const { found: settings } = useAnswer(listSettings);
  const units = useMemo(() => new Map(settings?.map(one => [one.name, one.unit])), [settings]);
  // By an address the account is known before its name; an entry of it has that.
  const [chosen, setChosen] = useState<{ id: string; name: string }>();
  const name =
    account === ''
      ? ''
      : chosen?.id === account
        ? chosen.name
        : (pages.list?.find(entry => entry.account === account)?.accountName ?? account);
  const filter = (id: string) => navigate(id === '' ? '/server/audit' : `/server/audit?account=${id}`, true);
  return (
    <>
      <Head title="Audit log" note="Who did what, from where; the newest first">
        <AccountChoice
          name={name}
          onChoose={one => {
            setChosen(one);
            filter(one?.id ?? '');
          }}
        />
        <Button onClick={pages.again} disabled={pages.busy}>
          <RefreshCw size={16} />
          Refresh
        </Button>
      </Head>
      <Entries pages={pages} units={units} />
    </>
  );
}

const ICONS: Record<AuditKind, LucideIcon> = {
  door: DoorOpen,
  warning: TriangleAlert,
  people: Users,
  device: MonitorSmartphone,
  project: FolderCog,
  server: SlidersHorizontal,
};

type Units = ReadonlyMap<string, Setting['unit']>;

function Entries({ pages, units }: { pages: ReturnType<typeof usePages<AuditEntry, number>>; units: Units }) {
  const { list, fault, more, busy, next } = pages;
  const days = useMemo(() => {
    const found: { word: string; entries: AuditEntry[] }[] = [];
    for (const entry of list ?? []) {
      const word = dayWord(Date.parse(entry.time));
      const last = found.at(-1);
      if (last?.word === word) {
        last.entries.push(entry);
      } else {
        found.push({ word, entries: [entry] });
      }
    }
    return found;
  }, [list]);
  const end = useRef<HTMLDivElement>(null);
  // More are asked for as the end comes into view; after a failure only by the button.
  const follow = more && !busy && fault === undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: watched anew for every page that came
  useEffect(() => {
    const element = end.current;
    if (element === null || !follow) {
      return;
    }
    const observer = new IntersectionObserver(seen => seen.some(one => one.isIntersecting) && next());
    observer.observe(element);
    return () => observer.disconnect();
  }, [follow, list]);
  if (list === undefined) {
    return <Unread title="The audit log can’t be read" fault={fault} again={pages.again} />;
  }
  if (list.length === 0 && !more) {
    return <Empty icon={<ScrollText />} title="Nothing yet" text="Nothing that is remembered matches." />;
  }
  return (
    <div className={styles.body}>
      {days.map(day => (
        <section key={day.word} aria-label={day.word} className={styles.day}>
          <h2>{day.word}</h2>
          <ol className={styles.entries}>
            {day.entries.map(entry => (
              <Entry key={entry.id} entry={entry} units={units} />
            ))}
          </ol>
        </section>
      ))}
      {fault !== undefined && <Fault text={sentence(fault)} />}
      <div ref={end}>
        {more && (
          <Button className={styles.more ?? ''} onClick={next} disabled={busy}>
            {busy ? 'Loading…' : 'Show older entries'}
          </Button>
        )}
      </div>
    </div>
  );
}

function Entry({ entry, units }: { entry: AuditEntry; units: Units }) {
  const kind = kindOf(entry);
  const Icon = ICONS[kind];
  const { words, subject } = told(entry);
  const time = Date.parse(entry.time);
  const project = useStore(projects)?.find(one => one.id === entry.project);
  const where =
    project?.name === entry.subject ? undefined : project !== undefined ? (
      <>
        in <Link href={`/projects/${project.id}`}>{project.name}</Link>
      </>
    ) : (
      entry.project !== undefined && `in project ${entry.project}`
    );
  return (
    <li className={styles.entry}>
      <span className={`${styles.badge} ${kind === 'warning' ? styles.bad : ''}`}>
        <Icon size={16} aria-hidden />
      </span>
      <div className={styles.text}>
        <p>
          <strong>{actor(entry)}</strong> {words} {subject !== '' && <strong>{subject}</strong>}
        </p>
        <p className={styles.soft}>
          {[
            detailWords(entry, units),
            entry.peer === undefined ? undefined : `from ${entry.peer}`,
            entry.device === undefined ? undefined : 'by a device',
          ]
            .filter(part => part !== undefined && part !== '')
            .join(' · ')}{' '}
          {where}
        </p>
      </div>
      <time className={styles.when} dateTime={entry.time}>
        <span>{moment(time)}</span>
        <span className={styles.soft}>{ago(time)}</span>
      </time>
    </li>
  );
}
