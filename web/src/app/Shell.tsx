import { ChevronsUpDown, Folders, LogOut, Menu as MenuIcon, Monitor, Moon, Sun } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useEffect, useState } from 'react';
import { sentence } from '../api/client';
import { IconButton } from '../design/Button';
import { Mark } from '../design/Mark';
import { Menu } from '../design/Menu';
import { useStore } from '../design/store';
import { complain } from '../design/Toasts';
import { chooseTheme, type Theme, useTheme } from '../design/theme';
import { Banner } from '../live/Banner';
import { projects } from '../projects/projects';
import { logOut } from '../session/requests';
import { session } from '../session/session';
import { Tray } from '../transfers/Tray';
import { UploadTray } from '../upload/UploadTray';
import { Link, usePlace } from './router';
import { operatorPages, sections } from './routes';
import styles from './Shell.module.css';

/** What is around every page: where else one can go, and what the server says by itself. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <div className={styles.shell}>
      <a href="#page" className={styles.skip}>
        Skip to the page
      </a>
      <aside className={styles.side} aria-label="Sidebar">
        <Side />
      </aside>
      <div className={styles.main}>
        <Bar />
        <Banner />
        <main id="page" className={styles.page} tabIndex={-1}>
          {children}
        </main>
        <UploadTray />
        <Tray />
      </div>
    </div>
  );
}

/** On narrow windows, in the sidebar's place. */
function Bar() {
  const [open, setOpen] = useState(false);
  const { path } = usePlace();
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever went somewhere is done with the drawer
  useEffect(() => setOpen(false), [path]);
  return (
    <header className={styles.bar}>
      <Dialog.Root open={open} onOpenChange={setOpen}>
        <Dialog.Trigger asChild>
          <IconButton label="Menu" icon={<MenuIcon size={20} />} />
        </Dialog.Trigger>
        <Dialog.Portal>
          <Dialog.Overlay className={styles.scrim} />
          <Dialog.Content className={styles.drawer} aria-describedby={undefined}>
            <Dialog.Title className="visually-hidden">Menu</Dialog.Title>
            <div className={styles.side}>
              <Side />
            </div>
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
      <Brand />
    </header>
  );
}

function Brand() {
  return (
    <Link href="/" className={styles.brand}>
      <Mark size={22} />
      Syncline
    </Link>
  );
}

function Side() {
  const list = useStore(projects);
  const who = useStore(session);
  const { path } = usePlace();
  return (
    <>
      <Brand />
      <nav className={styles.nav} aria-label="Projects">
        <Link href="/" className={styles.item} aria-current={path === '/' ? 'page' : undefined}>
          <Folders size={16} />
          <span>All projects</span>
        </Link>
        {list !== undefined && list.length > 0 && <h2 className={styles.heading}>Projects</h2>}
        <ul>
          {list?.map(project => (
            <li key={project.id}>
              <ProjectItems id={project.id} name={project.name} path={path} />
            </li>
          ))}
        </ul>
      </nav>
      {who.state === 'somebody' && who.operator && (
        <nav aria-label="Server">
          <h2 className={styles.heading}>Server</h2>
          <ul>
            {operatorPages.map(page => (
              <li key={page.address}>
                <Link
                  href={page.address}
                  className={styles.item}
                  aria-current={path === page.address ? 'page' : undefined}
                >
                  <page.icon size={16} />
                  <span>{page.label}</span>
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <Account />
    </>
  );
}

/** A project, and its sections while one is inside of it. */
function ProjectItems({ id, name, path }: { id: string; name: string; path: string }) {
  const address = `/projects/${id}`;
  const inside = path === address || path.startsWith(`${address}/`);
  const open = inside && sections.length > 1;
  return (
    <>
      <Link
        href={address}
        className={styles.item}
        aria-current={inside && !open ? 'page' : undefined}
        title={name}
      >
        <Mark size={16} />
        <span>{name}</span>
      </Link>
      {open && (
        <ul>
          {sections.map(section => (
            <li key={section.label}>
              <Link
                href={section.address(id)}
                className={`${styles.item} ${styles.inner}`}
                aria-current={section.holds(path, id) ? 'page' : undefined}
              >
                <section.icon size={16} />
                <span>{section.label}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const THEMES: readonly [Theme, string, typeof Sun][] = [
  ['system', 'As the system', Monitor],
  ['light', 'Light', Sun],
  ['dark', 'Dark', Moon],
];

function Account() {
  const who = useStore(session);
  const theme = useTheme();
  const name = who.state === 'somebody' ? who.name : '';
  return (
    <Menu
      align="start"
      label="Colours"
      list={[
        ...THEMES.map(([value, label, Icon]) => ({
          label,
          icon: <Icon size={16} />,
          chosen: theme === value,
          run: () => chooseTheme(value),
        })),
        null,
        {
          label: 'Log out',
          icon: <LogOut size={16} />,
          run: () => {
            logOut().catch(failure => complain(sentence(failure)));
          },
        },
      ]}
    >
      <button type="button" className={styles.account} aria-label={`Account ${name}`}>
        <span className={styles.avatar} aria-hidden>
          {name.charAt(0).toUpperCase()}
        </span>
        <span>{name}</span>
        <ChevronsUpDown size={14} />
      </button>
    </Menu>
  );
}
