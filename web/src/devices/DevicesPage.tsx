import {
  CircleAlert,
  Laptop,
  Link2,
  MonitorSmartphone,
  MoreHorizontal,
  Pencil,
  Plus,
  ShieldX,
} from 'lucide-react';
import { useCallback, useState } from 'react';
import { type Project, type Role, sentence } from '../api/client';
import { Head } from '../app/Head';
import type { PageProps } from '../app/routes';
import { Ask } from '../design/Ask';
import { Button, IconButton } from '../design/Button';
import { Empty, Waiting } from '../design/Empty';
import { Menu } from '../design/Menu';
import { Row, Rows, Section, State } from '../design/Rows';
import { say } from '../design/Toasts';
import { ago, counted, moment } from '../format';
import { JoinDevice } from '../projects/JoinDevice';
import { useReplicas } from '../projects/replicas';
import { useAnswer, WithProject } from '../projects/WithProject';
import styles from './DevicesPage.module.css';
import { type Group, group } from './groups';
import { LinkDialog } from './LinkDialog';
import { RenameDevice } from './RenameDevice';
import { listDevices, listLinks, revokeDevice, revokeLink } from './requests';
import { checkpointWords } from './words';

/** The devices of a project: what their folders have proved, and the links by which others may join. */
export default function DevicesPage({ variables }: PageProps) {
  return <WithProject id={variables.project ?? ''}>{project => <Devices project={project} />}</WithProject>;
}

export const ROLE_WORDS: Record<Role, string> = {
  viewer: 'may read',
  editor: 'may change',
  owner: 'may do all',
};

function Devices({ project }: { project: Project }) {
  const owner = project.role === 'owner';
  const ask = useCallback(() => listDevices(project.id, owner), [project.id, owner]);
  const { found: devices, fault, again } = useAnswer(ask);
  const replicas = useReplicas(project.id);
  const [dialog, setDialog] = useState<
    { what: 'join' | 'link' } | { what: 'rename' | 'revoke'; group: Group }
  >();
  const close = () => setDialog(undefined);
  // A device that has come since is among the folders first.
  const [known, setKnown] = useState(replicas);
  if (known !== replicas) {
    setKnown(replicas);
    if (replicas?.some(one => devices !== undefined && !devices.some(device => device.id === one.device))) {
      again();
    }
  }
  if (fault !== undefined && devices === undefined) {
    return <Empty icon={<CircleAlert />} title="The devices can’t be read" text={sentence(fault)} />;
  }
  if (devices === undefined || replicas === undefined) {
    return <Waiting />;
  }
  const { linked, idle, revoked } = group(devices, replicas);
  const open = replicas.filter(one => linked.some(device => device.id === one.device));
  const behind = open.filter(one => !one.inStep).length;
  const note =
    linked.length === 0
      ? 'No device yet'
      : `${counted(linked.length, 'device')}, ${behind === 0 ? 'all in step' : `${behind} of ${counted(open.length, 'folder')} behind`}`;
  const rows = (groups: readonly Group[]) =>
    groups.map(one => (
      <DeviceRow
        key={one.id}
        group={one}
        project={project}
        onRename={() => setDialog({ what: 'rename', group: one })}
        onRevoke={() => setDialog({ what: 'revoke', group: one })}
      />
    ));
  return (
    <>
      <Head title="Devices" note={note}>
        {owner && (
          <Button look="main" onClick={() => setDialog({ what: 'join' })}>
            <Plus size={16} />
            Join a device
          </Button>
        )}
      </Head>
      {linked.length === 0 ? (
        <Empty
          icon={<MonitorSmartphone />}
          title="No folder is linked yet"
          text="A device that joins keeps a folder equal to this project, and proves it with every checkpoint."
        />
      ) : (
        <Section title="In this project">
          <Rows label="Devices with a folder">{rows(linked)}</Rows>
        </Section>
      )}
      {idle.length > 0 && (
        <Section title="Without a folder here">
          <Rows label="Devices without a folder">{rows(idle)}</Rows>
        </Section>
      )}
      {owner && <Links project={project} onMake={() => setDialog({ what: 'link' })} stamp={dialog} />}
      {revoked.length > 0 && (
        <details className={styles.revoked}>
          <summary>{counted(revoked.length, 'revoked device')}</summary>
          <Rows label="Revoked devices">
            {revoked.map(one => (
              <Row
                key={one.id}
                icon={<ShieldX size={18} />}
                title={one.name}
                note={one.device?.seen && `last seen ${ago(Date.parse(one.device.seen))}`}
                state={<State tone="bad">revoked</State>}
              />
            ))}
          </Rows>
        </details>
      )}
      {dialog?.what === 'join' && <JoinDevice project={project} onClose={close} />}
      {dialog?.what === 'link' && <LinkDialog project={project} onClose={close} />}
      {dialog?.what === 'rename' && <RenameDevice group={dialog.group} onClose={close} onRenamed={again} />}
      {dialog?.what === 'revoke' && (
        <Ask
          title={`Revoke ${dialog.group.name}?`}
          text="Its token is refused from now on, in all projects. What is in its folders stays there; to come back it has to join anew."
          action="Revoke"
          onClose={close}
          run={async () => {
            await revokeDevice(dialog.group.id);
            say(`Revoked ${dialog.group.name}`);
            again();
          }}
        />
      )}
    </>
  );
}

function DeviceRow({
  group,
  project,
  onRename,
  onRevoke,
}: {
  group: Group;
  project: Project;
  onRename(): void;
  onRevoke(): void;
}) {
  const { device, replicas } = group;
  const seen =
    device?.seen ??
    replicas
      .map(one => one.seen)
      .sort()
      .at(-1);
  return (
    <Row
      icon={<Laptop size={18} />}
      title={group.name}
      note={
        seen === undefined ? (
          'never seen'
        ) : (
          <span title={moment(Date.parse(seen))}>seen {ago(Date.parse(seen))}</span>
        )
      }
      state={
        replicas.length === 0 ? (
          <State tone="soft">no folder</State>
        ) : (
          <ul className={styles.folders}>
            {replicas.map(replica => {
              const { tone, text } = checkpointWords(replica, project);
              return (
                <li key={replica.replica} className={styles.folder}>
                  <State tone={tone}>{text}</State>
                  {replica.folder !== '' && <span className={styles.path}>{replica.folder}</span>}
                </li>
              );
            })}
          </ul>
        )
      }
      actions={
        device !== undefined && (
          <Menu
            list={[
              { label: 'Rename', icon: <Pencil size={16} />, run: onRename },
              null,
              { label: 'Revoke', icon: <ShieldX size={16} />, danger: true, run: onRevoke },
            ]}
          >
            <IconButton small label={`What to do with ${group.name}`} icon={<MoreHorizontal size={18} />} />
          </Menu>
        )
      }
    />
  );
}

/** The links that can still be used; `stamp` is another where one may have been made. */
function Links({ project, onMake, stamp }: { project: Project; onMake(): void; stamp: unknown }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew as dialogs open and close
  const ask = useCallback(() => listLinks(project.id), [project.id, stamp]);
  const { found: links, fault, again } = useAnswer(ask);
  const [revoking, setRevoking] = useState<string>();
  return (
    <Section
      title="Join links"
      note="Whoever has one can join until it is used up or expires."
      actions={
        <Button onClick={onMake}>
          <Link2 size={16} />
          Make a link
        </Button>
      }
    >
      {fault !== undefined && links === undefined && <p role="alert">{sentence(fault)}</p>}
      {links?.length === 0 && <p className={styles.none}>No link is open.</p>}
      {links !== undefined && links.length > 0 && (
        <Rows label="Join links">
          {links.map(link => (
            <Row
              key={link.id}
              icon={<Link2 size={18} />}
              title={`${counted(link.usesLeft, 'use')} left`}
              note={`${ROLE_WORDS[link.role]} · expires ${ago(Date.parse(link.expires))}`}
              actions={
                <Button look="quiet" small onClick={() => setRevoking(link.id)}>
                  Revoke
                </Button>
              }
            />
          ))}
        </Rows>
      )}
      {revoking !== undefined && (
        <Ask
          title="Revoke this link?"
          text="Nobody can join by it any more. Who has joined stays."
          action="Revoke"
          onClose={() => setRevoking(undefined)}
          run={async () => {
            await revokeLink(project.id, revoking);
            again();
          }}
        />
      )}
    </Section>
  );
}
