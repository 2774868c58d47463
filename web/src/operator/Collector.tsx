import { Recycle, SearchCheck } from 'lucide-react';
import { useState } from 'react';
import { sentence } from '../api/client';
import { Button } from '../design/Button';
import { Section, State } from '../design/Rows';
import { complain, say } from '../design/Toasts';
import { ago, bytes, count, moment } from '../format';
import styles from './Operator.module.css';
import { collect, type Overview } from './requests';
import { Scroll } from './Scroll';
import { millis } from './words';

type Status = Overview['collector'];
type Run = Status['runs'][number];

/** What removes pieces that nothing needs any more: its last runs, and a way to start one. */
export function Collector({ collector, onBegun }: { collector: Status; onBegun(): void }) {
  const [busy, setBusy] = useState(false);
  const begin = async (dryRun: boolean) => {
    setBusy(true);
    try {
      await collect(dryRun);
      say(dryRun ? 'The dry run has begun' : 'The collection has begun');
      onBegun();
    } catch (failure) {
      complain(`The collection didn’t begin: ${sentence(failure)}`);
    }
    setBusy(false);
  };
  return (
    <Section
      title="Garbage collector"
      note={
        <>
          Removes pieces that neither files nor history need.{' '}
          {collector.running
            ? 'It works now.'
            : collector.enabled
              ? 'It works by itself.'
              : 'It doesn’t work by itself on this node.'}
        </>
      }
      actions={
        <div className={styles.buttons}>
          <Button onClick={() => begin(true)} disabled={busy || collector.running}>
            <SearchCheck size={16} />
            Dry run
          </Button>
          <Button onClick={() => begin(false)} disabled={busy || collector.running}>
            <Recycle size={16} />
            Collect now
          </Button>
        </div>
      }
    >
      {collector.runs.length === 0 ? (
        <p className={styles.none}>It has not run yet.</p>
      ) : (
        <Scroll label="Runs of the collector">
          <thead>
            <tr>
              <th scope="col">Project</th>
              <th scope="col">Started</th>
              <th scope="col">Took</th>
              <th scope="col" className={styles.right}>
                Looked at
              </th>
              <th scope="col" className={styles.right}>
                Condemned
              </th>
              <th scope="col" className={styles.right}>
                Removed
              </th>
              <th scope="col" className={styles.right}>
                Room won
              </th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {collector.runs.map(run => (
              <RunRow key={`${run.project} ${run.started}`} run={run} />
            ))}
          </tbody>
        </Scroll>
      )}
    </Section>
  );
}

function RunRow({ run }: { run: Run }) {
  const started = Date.parse(run.started);
  return (
    <tr>
      <th scope="row">{run.projectName}</th>
      <td title={moment(started)}>{ago(started)}</td>
      <td className="numbers">{millis(run.millis)}</td>
      <td className={`${styles.right} numbers`}>{count(run.blocks)}</td>
      <td className={`${styles.right} numbers`}>{count(run.condemned)}</td>
      <td className={`${styles.right} numbers`}>{count(run.deleted)}</td>
      <td className={`${styles.right} numbers`}>{bytes(run.freedBytes)}</td>
      <td>
        {run.error !== undefined ? (
          <State tone="bad">{run.error}</State>
        ) : run.stopped !== undefined ? (
          <State tone="care">{run.stopped}</State>
        ) : run.dryRun ? (
          <State tone="soft">dry run</State>
        ) : (
          <State tone="good">done</State>
        )}
      </td>
    </tr>
  );
}
