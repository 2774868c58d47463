import { useCallback, useMemo, useState } from 'react';
import { sentence } from '../api/client';
import { Head } from '../app/Head';
import { Section, State } from '../design/Rows';
import { ago, bytes, count, counted, moment } from '../format';
import { Collector } from './Collector';
import { Errors } from './Errors';
import styles from './Operator.module.css';
import { Operators } from './Operators';
import { OverTime, RANGES } from './OverTime';
import { Projects } from './Projects';
import { listErrors, type Overview, overview, type Series, series } from './requests';
import { Scroll } from './Scroll';
import { Storage } from './Storage';
import { percentLess } from './savings';
import { Unread } from './Unread';
import { useFresh } from './useFresh';
import { rounded, uptime } from './words';

/** What the server holds and does: asked for anew every ten seconds while it is seen. */
export default function OverviewPage() {
  return (
    <Operators>
      <Server />
    </Operators>
  );
}

function Server() {
  const [round, setRound] = useState(0);
  const [minutes, setMinutes] = useState(RANGES[0][0]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is asked for by its number
  const askOverview = useCallback(overview, [round]);
  const askSeries = useCallback(async () => ({ minutes, points: await series(minutes) }), [minutes]);
  const now = useFresh(askOverview);
  const times = useFresh(askSeries);
  const errors = useFresh(listErrors);
  const again = () => setRound(n => n + 1);
  if (now.found === undefined) {
    return (
      <Unread page="Overview" title="The server’s state can’t be read" fault={now.fault} again={again} />
    );
  }
  const { node } = now.found;
  return (
    <>
      <Head
        title="Overview"
        note={
          <>
            Syncline {node.version} on {node.name},{' '}
            <span title={`since ${moment(Date.parse(node.started))}`}>
              up for {uptime(node.uptimeSeconds)}
            </span>
          </>
        }
      >
        {now.fault !== undefined && (
          <span role="alert">
            <State tone="bad">Not up to date: {sentence(now.fault)}</State>
          </span>
        )}
      </Head>
      <Tiles overview={now.found} points={times.found?.points} errors={errors.found?.length} />
      <Storage storage={now.found.storage} />
      <OverTime
        points={times.found?.points}
        shown={times.found?.minutes ?? minutes}
        fault={times.fault}
        minutes={minutes}
        onMinutes={setMinutes}
      />
      <Collector collector={now.found.collector} onBegun={again} />
      <Projects />
      <Errors found={errors.found} fault={errors.fault} />
      {now.found.nodes.length > 1 && <Nodes overview={now.found} />}
    </>
  );
}

/** The figures that one looks at first. */
function Tiles({
  overview: { storage, connections, devices },
  points,
  errors,
}: {
  overview: Overview;
  points: Series | undefined;
  errors: number | undefined;
}) {
  const saved = percentLess(storage.contentBytes, storage.storedBytes);
  const last = useMemo(
    () => ({
      requests: points?.requestsPerSecond.at(-1),
      slow: points?.requestP99Millis.at(-1),
    }),
    [points],
  );
  const tiles: [string, string, string][] = [
    [
      'On disk',
      bytes(storage.packBytes ?? storage.storedBytes),
      storage.freeBytes === undefined ? 'in the object store' : `${bytes(storage.freeBytes)} free`,
    ],
    [
      'Saved',
      `${saved} %`,
      saved === 0
        ? 'nothing yet'
        : `${bytes(storage.contentBytes - storage.storedBytes)} less than the files`,
    ],
    [
      'Devices',
      `${count(devices.connected)} of ${count(devices.devices)}`,
      `connected now; ${count(devices.seenWithinDay)} within a day`,
    ],
    [
      'Requests',
      last.requests === undefined ? '–' : `${rounded(last.requests)}/s`,
      `${counted(connections.requests, 'request')} now, ${counted(connections.transfers, 'transfer')}`,
    ],
    [
      'Slowest of 100',
      last.slow === undefined || last.slow === 0 ? '–' : `${rounded(last.slow)} ms`,
      last.slow ? '99 are faster' : 'nothing was asked',
    ],
    [
      'Errors',
      errors === undefined ? '–' : count(errors),
      errors === 0 ? 'none since the start' : 'kept below',
    ],
  ];
  return (
    <dl className={styles.tiles}>
      {tiles.map(([label, value, note]) => (
        <div key={label} className={styles.tile}>
          <dt>{label}</dt>
          <dd className={`${styles.figure} numbers`}>{value}</dd>
          <dd className={styles.soft}>{note}</dd>
        </div>
      ))}
    </dl>
  );
}

function Nodes({ overview: { nodes, node } }: { overview: Overview }) {
  return (
    <Section title="Nodes" note="Those that were at work within the last day.">
      <Scroll label="Table of nodes">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Version</th>
            <th scope="col">Started</th>
            <th scope="col">Seen</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map(one => (
            <tr key={one.name}>
              <th scope="row">
                {one.name} {one.name === node.name && <span className={styles.you}>answers</span>}
              </th>
              <td>{one.version}</td>
              <td title={moment(Date.parse(one.started))}>{ago(Date.parse(one.started))}</td>
              <td title={moment(Date.parse(one.seen))}>{ago(Date.parse(one.seen))}</td>
            </tr>
          ))}
        </tbody>
      </Scroll>
    </Section>
  );
}
