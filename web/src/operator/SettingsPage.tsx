import { Save, ScrollText, SlidersHorizontal } from 'lucide-react';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { sentence } from '../api/client';
import { Head } from '../app/Head';
import { Link } from '../app/router';
import { Fault } from '../design/Ask';
import { Button, buttonClass } from '../design/Button';
import { Empty } from '../design/Empty';
import { State } from '../design/Rows';
import { say } from '../design/Toasts';
import { counted } from '../format';
import { useAnswer } from '../projects/WithProject';
import styles from './Operator.module.css';
import { Operators } from './Operators';
import { listSettings, putSettings, type Setting } from './requests';
import { heading, judge, shown, typed } from './setting';
import { Unread } from './Unread';

/** What can be changed while the server runs. */
export default function SettingsPage() {
  return (
    <Operators>
      <Settings />
    </Operators>
  );
}

function Settings() {
  const { found, fault, again } = useAnswer(listSettings);
  if (found === undefined) {
    return <Unread page="Settings" title="The settings can’t be read" fault={fault} again={again} />;
  }
  if (found.length === 0) {
    return (
      <>
        <Head title="Settings" />
        <Empty
          icon={<SlidersHorizontal />}
          title="Nothing can be set here"
          text="Everything is said when the server starts."
        />
      </>
    );
  }
  return <Form first={found} />;
}

function Form({ first }: { first: readonly Setting[] }) {
  const [settings, setSettings] = useState(first);
  // What was typed and isn't saved, by name.
  const [texts, setTexts] = useState<ReadonlyMap<string, string>>(new Map());
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const edited = settings.flatMap(setting => {
    const text = texts.get(setting.name);
    const judged = text === undefined ? undefined : judge(setting, text);
    return judged === undefined || judged.value === setting.value ? [] : [{ setting, judged }];
  });
  const wrong = edited.filter(one => one.judged.fault !== undefined).length;

  useEffect(() => {
    if (edited.length === 0) {
      return;
    }
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [edited.length]);

  const put = async (changes: { name: string; value?: number }[], words: string) => {
    setBusy(true);
    setFault(undefined);
    try {
      setSettings(await putSettings(changes));
      const names = new Set(changes.map(change => change.name));
      setTexts(known => new Map([...known].filter(([name]) => !names.has(name))));
      say(words);
    } catch (failure) {
      setFault(sentence(failure));
    }
    setBusy(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const changes = edited.flatMap(({ setting, judged }) =>
      judged.value === undefined ? [] : [{ name: setting.name, value: judged.value }],
    );
    const [one] = edited;
    put(
      changes,
      changes.length === 1 && one?.judged.value !== undefined
        ? `${heading(one.setting.name)} is ${shown(one.setting.unit, one.judged.value)} now`
        : `${counted(changes.length, 'setting')} saved`,
    );
  };
  const changed = settings.filter(setting => setting.changed).length;
  return (
    <>
      <Head
        title="Settings"
        note={`Taken up without a restart, on every node. ${changed === 0 ? 'All are at their defaults.' : `${counted(changed, 'setting')} changed.`}`}
      >
        <Link href="/server/audit" className={buttonClass('plain')}>
          <ScrollText size={16} />
          Who changed what
        </Link>
      </Head>
      <form className={styles.body} onSubmit={submit} noValidate>
        <ul className={styles.settings} aria-label="Settings">
          {settings.map(setting => (
            <SettingRow
              key={setting.name}
              setting={setting}
              text={texts.get(setting.name)}
              busy={busy}
              onText={text => setTexts(known => new Map(known).set(setting.name, text))}
              onDefault={() =>
                put(
                  [{ name: setting.name }],
                  `${heading(setting.name)} is ${shown(setting.unit, setting.default)} again`,
                )
              }
            />
          ))}
        </ul>
        {(edited.length > 0 || fault !== undefined) && (
          <div className={styles.save}>
            <p role="status">
              {wrong > 0
                ? `${counted(wrong, 'value')} can’t be saved`
                : `${counted(edited.length, 'change')} not saved yet`}
            </p>
            <Fault text={fault} />
            <Button
              onClick={() => {
                setTexts(new Map());
                setFault(undefined);
              }}
            >
              Discard
            </Button>
            <Button look="main" type="submit" disabled={busy || wrong > 0 || edited.length === 0}>
              <Save size={16} />
              Save
            </Button>
          </div>
        )}
      </form>
    </>
  );
}

function SettingRow({
  setting,
  text,
  busy,
  onText,
  onDefault,
}: {
  setting: Setting;
  text: string | undefined;
  busy: boolean;
  onText(text: string): void;
  onDefault(): void;
}) {
  const id = useId();
  const { unit } = setting;
  const value = text ?? typed(unit, setting.value);
  const { fault } = judge(setting, value);
  return (
    <li className={styles.setting}>
      <div className={styles.what}>
        <label htmlFor={id} className={styles.name}>
          {heading(setting.name)}
        </label>
        {setting.changed && <State tone="care">changed</State>}
        <p id={`${id}-what`} className={styles.soft}>
          {setting.description}
        </p>
        <code className={styles.soft}>{setting.name}</code>
      </div>
      <div className={styles.value}>
        {unit === 'switch' ? (
          <span className={styles.switch}>
            <input
              id={id}
              type="checkbox"
              checked={value === '1'}
              aria-describedby={`${id}-what ${id}-note`}
              onChange={event => onText(event.target.checked ? '1' : '0')}
            />
            {value === '1' ? 'on' : 'off'}
          </span>
        ) : (
          <input
            id={id}
            className={styles.input}
            value={value}
            autoComplete="off"
            spellCheck={false}
            inputMode={unit === 'count' ? 'numeric' : 'text'}
            aria-invalid={fault !== undefined}
            aria-describedby={`${id}-what ${id}-note`}
            onChange={event => onText(event.target.value)}
          />
        )}
        <p id={`${id}-note`} className={fault === undefined ? styles.soft : styles.wrong}>
          {fault ??
            (unit === 'switch'
              ? `Default: ${shown(unit, setting.default)}`
              : `Default: ${shown(unit, setting.default)}, from ${shown(unit, setting.min)} to ${shown(unit, setting.max)}`)}
        </p>
        {setting.changed && (
          <Button look="quiet" small disabled={busy} onClick={onDefault}>
            Back to the default<span className="visually-hidden">: {heading(setting.name)}</span>
          </Button>
        )}
      </div>
    </li>
  );
}
