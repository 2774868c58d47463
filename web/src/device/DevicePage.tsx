import { CircleAlert, CloudOff, FolderSync, Monitor, Moon, Pause, Play, Sun } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { ApiError, sentence } from '../api/client';
import { Head } from '../app/Head';
import { Button, IconButton } from '../design/Button';
import { Empty, Waiting } from '../design/Empty';
import { Mark } from '../design/Mark';
import { Menu } from '../design/Menu';
import { useStore } from '../design/store';
import { complain } from '../design/Toasts';
import { chooseTheme, type Theme, useTheme } from '../design/theme';
import { Bandwidth } from './Bandwidth';
import { access, type Device, status, wish } from './control';
import styles from './DevicePage.module.css';
import { FolderCard } from './FolderCard';
import { overall } from './words';

/** The page that a device's own daemon serves: its folders, and what can be said to them. */
export function DevicePage() {
  const now = useStore(access);
  return (
    <div className={styles.page}>
      <header className={styles.bar}>
        <span className={styles.brand}>
          <Mark size={22} />
          Syncline
        </span>
        <Colours />
      </header>
      <main id="page" className={styles.main} tabIndex={-1}>
        {now.state === 'entering' && <Waiting />}
        {now.state === 'closed' && <Closed why={now.why} />}
        {now.state === 'open' && <Folders />}
      </main>
    </div>
  );
}

function Closed({ why }: { why: string | undefined }) {
  return (
    <>
      <Head title="This device" note="Only who may use this device may look" />
      <Empty
        icon={<FolderSync />}
        title="Ask for an address of your own"
        text={why ?? 'Each address of this page works once, in one browser.'}
      >
        <p className={styles.command}>
          Run <code>syncline open</code> on this device, and open what it prints.
        </p>
      </Empty>
    </>
  );
}

const ICONS = { system: Monitor, light: Sun, dark: Moon };
const THEMES: readonly [Theme, string][] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

function Colours() {
  const theme = useTheme();
  const Icon = ICONS[theme];
  return (
    <Menu
      label="Colours"
      list={THEMES.map(([value, label]) => ({
        label,
        chosen: theme === value,
        run: () => chooseTheme(value),
      }))}
    >
      <IconButton label="Colours" icon={<Icon size={18} />} />
    </Menu>
  );
}

/** Between two looks at the daemon. */
const LOOK_MILLIS = 1_000;

/** The device as it is, looked at again and again while somebody sees the page. */
function useDevice(): { device?: Device; fault?: unknown; again(): void } {
  const [found, setFound] = useState<{ device?: Device; fault?: unknown }>({});
  const [looks, setLooks] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another look is asked for by its number
  useEffect(() => {
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      clearTimeout(timer);
      try {
        const device = await status();
        if (!ended) {
          setFound({ device });
        }
      } catch (fault) {
        if (!ended) {
          setFound(before => ({ ...before, fault }));
        }
      }
      if (!ended && !document.hidden) {
        timer = setTimeout(look, LOOK_MILLIS);
      }
    };
    const seen = () => {
      if (!document.hidden) {
        void look();
      }
    };
    document.addEventListener('visibilitychange', seen);
    void look();
    return () => {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [looks]);
  const again = useCallback(() => setLooks(n => n + 1), []);
  return { ...found, again };
}

function Folders() {
  const { device, fault, again } = useDevice();
  if (device === undefined) {
    return fault === undefined ? (
      <Waiting />
    ) : (
      <Empty icon={<CircleAlert />} title="The folders can’t be seen" text={sentence(fault)} />
    );
  }
  const { folders, limits } = device;
  const all = async (what: 'pause' | 'resume') => {
    try {
      await wish(what);
    } catch (failure) {
      complain(sentence(failure));
    }
    again();
  };
  const paused = folders.every(one => one.state === 'paused');
  return (
    <>
      <div role="status">
        {fault instanceof ApiError && (
          <p className={styles.lost}>
            <CloudOff size={16} aria-hidden />
            {fault.code === 'UNREACHABLE'
              ? 'Syncline doesn’t answer any more. What you see is old. Once it runs again, ‘syncline open’ gives a new address.'
              : sentence(fault)}
          </p>
        )}
      </div>
      <Head title={folders[0]?.device ?? 'This device'} note={overall(folders)}>
        {folders.length > 1 && (
          <Button onClick={() => all(paused ? 'resume' : 'pause')}>
            {paused ? <Play size={16} /> : <Pause size={16} />}
            {paused ? 'Resume all' : 'Pause all'}
          </Button>
        )}
      </Head>
      {folders.length === 0 ? (
        <Empty
          icon={<FolderSync />}
          title="No folder is synced yet"
          text="‘syncline join LINK DIR’ keeps a folder equal to a project."
        />
      ) : (
        <ul className={styles.cards} aria-label="Folders">
          {folders.map(one => (
            <FolderCard key={one.folder} folder={one} onTold={again} />
          ))}
        </ul>
      )}
      <Bandwidth limits={limits} onSet={again} />
    </>
  );
}
