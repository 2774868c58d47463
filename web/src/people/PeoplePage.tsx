import { CircleAlert, UserMinus, UserPlus } from 'lucide-react';
import { type FormEvent, useCallback, useState } from 'react';
import { api, data, type Project, type Role, type Schema, sentence } from '../api/client';
import { Head } from '../app/Head';
import { navigate } from '../app/router';
import type { PageProps } from '../app/routes';
import { Ask } from '../design/Ask';
import { Button } from '../design/Button';
import { Dialog, DialogActions } from '../design/Dialog';
import { Empty, Waiting } from '../design/Empty';
import { Field } from '../design/Field';
import { Row, Rows, Section, Select } from '../design/Rows';
import { useStore } from '../design/store';
import { complain, say } from '../design/Toasts';
import { counted } from '../format';
import { loadProject, loadProjects } from '../projects/projects';
import { useAnswer, WithProject } from '../projects/WithProject';
import { session } from '../session/session';
import styles from './PeoplePage.module.css';

type Member = Schema['Member'];

/** Who is a member of a project, and what each may do. */
export default function PeoplePage({ variables }: PageProps) {
  return <WithProject id={variables.project ?? ''}>{project => <People project={project} />}</WithProject>;
}

const ROLES: readonly [Role, string][] = [
  ['viewer', 'may read'],
  ['editor', 'may change'],
  ['owner', 'may do all'],
];

async function listMembers(project: string): Promise<readonly Member[]> {
  const { members } = await data(api.GET('/v1/projects/{p}/members', { params: { path: { p: project } } }));
  return [...members].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

function People({ project }: { project: Project }) {
  const owner = project.role === 'owner';
  const who = useStore(session);
  const me = who.state === 'somebody' ? who.account : '';
  const ask = useCallback(() => listMembers(project.id), [project.id]);
  const { found: members, fault, again } = useAnswer(ask);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Member>();
  if (members === undefined) {
    return fault === undefined ? (
      <Waiting />
    ) : (
      <Empty icon={<CircleAlert />} title="The members can’t be read" text={sentence(fault)} />
    );
  }
  const owners = members.filter(member => member.role === 'owner').length;
  const change = async (member: Member, role: Role) => {
    try {
      await api.PUT('/v1/projects/{p}/members/{account}', {
        params: { path: { p: project.id, account: member.account } },
        body: { role },
      });
      say(`${member.name} ${ROLES.find(([value]) => value === role)?.[1]}`);
      if (member.account === me) {
        await loadProject(project.id);
      }
    } catch (failure) {
      complain(`The role of ${member.name} wasn’t changed: ${sentence(failure)}`);
    }
    again();
  };
  return (
    <>
      <Head title="People" note={counted(members.length, 'member')}>
        {owner && (
          <Button look="main" onClick={() => setAdding(true)}>
            <UserPlus size={16} />
            Add a member
          </Button>
        )}
      </Head>
      <Section title="Members" note="A device that joined by a link is a member by itself, under its name.">
        <Rows label="Members">
          {members.map(member => {
            const self = member.account === me;
            const last = member.role === 'owner' && owners === 1;
            return (
              <Row
                key={member.account}
                icon={
                  <span className={styles.letter} aria-hidden>
                    {[...member.name][0]?.toUpperCase()}
                  </span>
                }
                title={
                  <>
                    {member.name}
                    {self && <span className={styles.you}>you</span>}
                  </>
                }
                note={last ? 'the last owner, who can’t leave' : undefined}
                actions={
                  <>
                    <Select
                      label={`Role of ${member.name}`}
                      value={member.role}
                      disabled={!owner || last}
                      onChange={event => change(member, event.target.value as Role)}
                    >
                      {ROLES.map(([value, words]) => (
                        <option key={value} value={value}>
                          {words}
                        </option>
                      ))}
                    </Select>
                    {(owner || self) && (
                      <Button
                        look="quiet"
                        disabled={last}
                        onClick={() => setRemoving(member)}
                        aria-label={self ? 'Leave the project' : `Remove ${member.name}`}
                      >
                        <UserMinus size={16} />
                        {self ? 'Leave' : 'Remove'}
                      </Button>
                    )}
                  </>
                }
              />
            );
          })}
        </Rows>
      </Section>
      {adding && <AddMember project={project} onClose={() => setAdding(false)} onAdded={again} />}
      {removing !== undefined && (
        <Ask
          title={removing.account === me ? `Leave ${project.name}?` : `Remove ${removing.name}?`}
          text={
            removing.account === me
              ? 'Your devices stop keeping their folders of this project equal. What is in them stays.'
              : 'Their devices stop keeping their folders of this project equal. What is in them stays.'
          }
          action={removing.account === me ? 'Leave' : 'Remove'}
          onClose={() => setRemoving(undefined)}
          run={async () => {
            await api.DELETE('/v1/projects/{p}/members/{account}', {
              params: { path: { p: project.id, account: removing.account } },
            });
            if (removing.account === me) {
              navigate('/');
              await loadProjects();
            } else {
              say(`Removed ${removing.name}`);
              again();
            }
          }}
        />
      )}
    </>
  );
}

function AddMember({ project, onClose, onAdded }: { project: Project; onClose(): void; onAdded(): void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('editor');
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(undefined);
    try {
      const added = await data(
        api.POST('/v1/projects/{p}/members', {
          params: { path: { p: project.id } },
          body: { name, role },
        }),
      );
      say(`${added.name} is a member`);
      onAdded();
      onClose();
    } catch (failure) {
      setFault(sentence(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Add a member"
      description="Somebody who has an account here. Who has none joins a device by a link."
      onClose={onClose}
    >
      <form onSubmit={submit}>
        <Field
          label="Name of the account"
          value={name}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          maxLength={255}
          onChange={event => setName(event.target.value)}
          fault={fault}
        />
        <div className={styles.role}>
          <Select label="They" shown value={role} onChange={event => setRole(event.target.value as Role)}>
            {ROLES.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </Select>
        </div>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" disabled={busy || name === ''}>
            Add
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
