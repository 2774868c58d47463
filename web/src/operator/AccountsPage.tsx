import {
  CircleUser,
  KeyRound,
  MoreHorizontal,
  PieChart,
  ScrollText,
  ShieldCheck,
  ShieldOff,
  UserPlus,
  UserRoundCheck,
  UserRoundX,
} from 'lucide-react';
import { type FormEvent, useCallback, useState } from 'react';
import { type Schema, sentence } from '../api/client';
import { Head } from '../app/Head';
import { navigate } from '../app/router';
import { Ask, Fault } from '../design/Ask';
import { Button, IconButton } from '../design/Button';
import { Dialog, DialogActions } from '../design/Dialog';
import { Empty } from '../design/Empty';
import { CheckField, Field } from '../design/Field';
import { Menu } from '../design/Menu';
import { Row, Rows, State } from '../design/Rows';
import { useStore } from '../design/store';
import { say } from '../design/Toasts';
import { ago, counted, moment } from '../format';
import { usePages } from '../history/usePages';
import { Copied } from '../projects/JoinDevice';
import { session } from '../session/session';
import { FilterField, useRested } from './FilterField';
import styles from './Operator.module.css';
import { Operators } from './Operators';
import { QuotaDialog } from './QuotaDialog';
import { QuotaUse } from './QuotaUse';
import { type Account, changeAccount, createAccount, listAccounts, putAccountQuota } from './requests';
import { Unread } from './Unread';

/** Every account of the server, and what an operator does with one. */
export default function AccountsPage() {
  return (
    <Operators>
      <Accounts />
    </Operators>
  );
}

type Question = 'operator' | 'disabled' | 'reset' | 'quota';

function Accounts() {
  const [total, setTotal] = useState(0);
  const [typed, setTyped] = useState('');
  const sought = useRested(typed.trim());
  const ask = useCallback(
    async (after: string | undefined) => {
      const page = await listAccounts(sought, after);
      setTotal(page.total);
      return { list: page.accounts, next: page.after };
    },
    [sought],
  );
  const pages = usePages<Account, string>(ask);
  // What was changed since the list was asked for, by id; those that were made are the first.
  const [changed, setChanged] = useState<ReadonlyMap<string, Account>>(new Map());
  const [made, setMade] = useState<readonly string[]>([]);
  const [asking, setAsking] = useState<{ what: Question; account: Account }>();
  const [creating, setCreating] = useState(false);
  const [password, setPassword] = useState<{ name: string; password: string; fresh: boolean }>();
  const keep = (account: Account) => setChanged(known => new Map(known).set(account.id, account));

  if (pages.list === undefined) {
    return (
      <Unread page="Accounts" title="The accounts can’t be read" fault={pages.fault} again={pages.again} />
    );
  }
  const listed = pages.list.filter(account => !made.includes(account.id));
  const first = made
    .map(id => changed.get(id))
    .filter(account => account !== undefined)
    .filter(account => account.name.toLowerCase().startsWith(sought.toLowerCase()));
  const list = [...first, ...listed].map(account => changed.get(account.id) ?? account);
  const showMade = ({ account, password: secret }: Schema['AdminAccountMade'], fresh: boolean) => {
    keep(account);
    if (secret !== undefined) {
      setPassword({ name: account.name, password: secret, fresh });
    }
  };
  return (
    <>
      <Head title="Accounts" note={`${counted(total, 'account')} on this server`}>
        <FilterField label="Accounts whose names begin so" value={typed} onType={setTyped} />
        <Button look="main" onClick={() => setCreating(true)}>
          <UserPlus size={16} />
          Create an account
        </Button>
      </Head>
      <div className={styles.body}>
        {list.length === 0 && !pages.busy ? (
          <Empty
            icon={<CircleUser />}
            title={`No account begins with “${sought}”`}
            text="Names are looked at from their beginning; A to Z in either case."
          />
        ) : (
          <Rows label="Accounts">
            {list.map(account => (
              <AccountRow key={account.id} account={account} onAsk={what => setAsking({ what, account })} />
            ))}
          </Rows>
        )}
        {pages.fault !== undefined && <Fault text={sentence(pages.fault)} />}
        {pages.more && (
          <Button className={styles.more ?? ''} onClick={pages.next} disabled={pages.busy}>
            {pages.busy ? 'Loading…' : 'Show more accounts'}
          </Button>
        )}
      </div>
      {creating && (
        <CreateAccount
          onClose={() => setCreating(false)}
          onMade={answer => {
            setMade(known => [answer.account.id, ...known]);
            setTotal(n => n + 1);
            showMade(answer, true);
          }}
        />
      )}
      {asking !== undefined && (
        <AskAbout
          {...asking}
          onClose={() => setAsking(undefined)}
          onKept={keep}
          onMade={answer => showMade(answer, false)}
        />
      )}
      {password !== undefined && <Password {...password} onClose={() => setPassword(undefined)} />}
    </>
  );
}

function AccountRow({ account, onAsk }: { account: Account; onAsk(what: Question): void }) {
  const who = useStore(session);
  const self = who.state === 'somebody' && who.account === account.id;
  const { name } = account;
  return (
    <Row
      icon={
        <span className={styles.letter} aria-hidden>
          {[...name][0]?.toUpperCase() ?? <CircleUser size={18} />}
        </span>
      }
      title={
        <>
          {name}
          {self && <span className={styles.you}>you</span>}
          {account.operator && <State tone="good">operator</State>}
          {account.disabled && <State tone="bad">disabled</State>}
        </>
      }
      note={
        <>
          {counted(account.projects, 'project')} · {counted(account.devices, 'device')}
          {account.seen !== undefined && (
            <>
              {' · '}
              <span title={moment(Date.parse(account.seen))}>seen {ago(Date.parse(account.seen))}</span>
            </>
          )}
          {!account.password && ' · joined by a link, has no password'}
        </>
      }
      state={<QuotaUse quota={account.quota} />}
      actions={
        <Menu
          list={[
            { label: 'Quota', icon: <PieChart size={16} />, run: () => onAsk('quota') },
            { label: 'Reset the password', icon: <KeyRound size={16} />, run: () => onAsk('reset') },
            {
              label: 'What it did',
              icon: <ScrollText size={16} />,
              run: () => navigate(`/server/audit?account=${account.id}`),
            },
            ...(self
              ? []
              : [
                  {
                    label: account.operator ? 'Make no operator' : 'Make an operator',
                    icon: account.operator ? <ShieldOff size={16} /> : <ShieldCheck size={16} />,
                    run: () => onAsk('operator'),
                  },
                  null,
                  {
                    label: account.disabled ? 'Enable' : 'Disable',
                    icon: account.disabled ? <UserRoundCheck size={16} /> : <UserRoundX size={16} />,
                    danger: !account.disabled,
                    run: () => onAsk('disabled'),
                  },
                ]),
          ]}
        >
          <IconButton small label={`What to do with ${name}`} icon={<MoreHorizontal size={18} />} />
        </Menu>
      }
    />
  );
}

function AskAbout({
  what,
  account,
  onClose,
  onKept,
  onMade,
}: {
  what: Question;
  account: Account;
  onClose(): void;
  onKept(account: Account): void;
  onMade(answer: Schema['AdminAccountMade']): void;
}) {
  const { id, name, operator, disabled } = account;
  const change = async (body: Partial<Schema['AccountChange']>, words: string) => {
    onMade(await changeAccount(id, body));
    say(words);
  };
  switch (what) {
    case 'quota':
      return (
        <QuotaDialog
          name={name}
          of="account"
          quota={account.quota}
          onClose={onClose}
          save={async limits => {
            onKept({ ...account, quota: await putAccountQuota(id, limits) });
            say(`The quota of ${name} is set`);
          }}
        />
      );
    case 'reset':
      return (
        <Ask
          title={`Reset the password of ${name}?`}
          text="A new password is made and shown once. Browsers that are logged in have to log in again; devices go on."
          action="Reset the password"
          danger={false}
          onClose={onClose}
          run={() => change({ resetPassword: true }, `The password of ${name} is reset`)}
        />
      );
    case 'operator':
      return (
        <Ask
          title={operator ? `Make ${name} no operator?` : `Make ${name} an operator?`}
          text={
            operator
              ? 'The account keeps its projects, and no longer sees these pages.'
              : 'Operators see these pages: all accounts, quotas, settings and the audit log. They don’t see files of projects that they aren’t members of.'
          }
          action={operator ? 'Make no operator' : 'Make an operator'}
          danger={operator}
          onClose={onClose}
          run={() =>
            change({ operator: !operator }, operator ? `${name} is no operator` : `${name} is an operator`)
          }
        />
      );
    case 'disabled':
      return (
        <Ask
          title={disabled ? `Enable ${name}?` : `Disable ${name}?`}
          text={
            disabled
              ? 'The account may log in again, and its devices go on where they were.'
              : 'Its browsers are logged out and its devices refused until it is enabled again. Nothing of it is deleted, here or in its folders.'
          }
          action={disabled ? 'Enable' : 'Disable'}
          danger={!disabled}
          onClose={onClose}
          run={() => change({ disabled: !disabled }, disabled ? `${name} is enabled` : `${name} is disabled`)}
        />
      );
  }
}

function CreateAccount({
  onClose,
  onMade,
}: {
  onClose(): void;
  onMade(answer: Schema['AdminAccountMade']): void;
}) {
  const [name, setName] = useState('');
  const [operator, setOperator] = useState(false);
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(undefined);
    try {
      const answer = await createAccount({ name: name.trim(), operator });
      onClose();
      onMade(answer);
    } catch (failure) {
      setFault(sentence(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Create an account"
      description="A password is made for it and shown once."
      onClose={onClose}
    >
      <form onSubmit={submit}>
        <Field
          label="Name"
          value={name}
          autoFocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={255}
          onChange={event => setName(event.target.value)}
          hint="What one logs in with, and what others see."
          fault={fault}
        />
        <CheckField
          label="An operator"
          hint="May see and change accounts, quotas and settings of the whole server."
          checked={operator}
          onChange={event => setOperator(event.target.checked)}
        />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" disabled={busy || name.trim() === ''}>
            Create
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** Shows a password the only time that it can be seen. */
function Password({
  name,
  password,
  fresh,
  onClose,
}: {
  name: string;
  password: string;
  fresh: boolean;
  onClose(): void;
}) {
  return (
    <Dialog
      title={fresh ? `The account ${name} is made` : `A new password for ${name}`}
      description="The password is shown this once: only a hash of it is kept."
      onClose={onClose}
    >
      <dl className={styles.secret}>
        <dt>Account</dt>
        <dd>
          <Copied what="the name" text={name} />
        </dd>
        <dt>Password</dt>
        <dd>
          <Copied what="the password" text={password} />
        </dd>
      </dl>
      <DialogActions>
        <Button look="main" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
