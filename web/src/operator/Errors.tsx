import { CircleCheck } from 'lucide-react';
import { useState } from 'react';
import { type Schema, sentence } from '../api/client';
import { Fault } from '../design/Ask';
import { Button } from '../design/Button';
import { Waiting } from '../design/Empty';
import { Section, State } from '../design/Rows';
import { ago, counted, moment } from '../format';
import styles from './Operator.module.css';
import { Scroll } from './Scroll';

/** Shown until more are asked for. */
const SHOWN = 10;

/** The last requests that failed by the server's fault, or were turned away. */
export function Errors({
  found,
  fault,
}: {
  found: readonly Schema['AdminError'][] | undefined;
  fault: unknown;
}) {
  const [all, setAll] = useState(false);
  return (
    <Section
      title="Errors"
      note="Requests that failed or were turned away, on this node since its start. Their ids are in its log."
    >
      {found === undefined ? (
        fault === undefined ? (
          <Waiting />
        ) : (
          <Fault text={sentence(fault)} />
        )
      ) : found.length === 0 ? (
        <p className={styles.fine}>
          <CircleCheck size={16} aria-hidden />
          Every request was answered.
        </p>
      ) : (
        <>
          <Scroll label="Table of errors">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Request</th>
                <th scope="col">Answer</th>
                <th scope="col">Why</th>
                <th scope="col">Id</th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, all ? found.length : SHOWN).map(one => (
                <tr key={one.request}>
                  <td title={moment(Date.parse(one.time))}>{ago(Date.parse(one.time))}</td>
                  <td>
                    <code>
                      {one.method} {one.template}
                    </code>
                  </td>
                  <td>
                    <State tone={one.status === 429 || one.status === 503 ? 'care' : 'bad'}>
                      {one.status} {one.code}
                    </State>
                  </td>
                  <td className={styles.why}>{one.reason}</td>
                  <td>
                    <code>{one.request}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </Scroll>
          {!all && found.length > SHOWN && (
            <Button className={styles.more ?? ''} onClick={() => setAll(true)}>
              Show all {counted(found.length, 'error')}
            </Button>
          )}
        </>
      )}
    </Section>
  );
}
