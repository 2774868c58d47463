import { CircleAlert, SearchX } from 'lucide-react';
import { type ReactNode, Suspense, useEffect, useState } from 'react';
import { sentence } from '../api/client';
import { Button } from '../design/Button';
import { Empty, Waiting } from '../design/Empty';
import { useStore } from '../design/store';
import { Tips } from '../design/Tip';
import { Toasts } from '../design/Toasts';
import { start, stop } from '../live/live';
import { followProjects, forgetProjects, loadProjects } from '../projects/projects';
import { LoginPage } from '../session/LoginPage';
import { findSession } from '../session/requests';
import { session } from '../session/session';
import { findUnfinished, leaveUploads } from '../upload/uploads';
import { Boundary } from './Boundary';
import { match, usePlace } from './router';
import { routes } from './routes';
import { Shell } from './Shell';

/** The whole application: the login, or the shell around the page that the address names. */
export function App() {
  return (
    <Boundary>
      <Tips>
        <Who />
        <Toasts />
      </Tips>
    </Boundary>
  );
}

function Who() {
  const who = useStore(session);
  const [fault, setFault] = useState<string>();
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is asked for by its number
  useEffect(() => {
    setFault(undefined);
    findSession().catch(failure => setFault(sentence(failure)));
  }, [tries]);
  if (fault !== undefined && who.state === 'unknown') {
    return (
      <main>
        <Empty icon={<CircleAlert />} title="The server can't be asked" text={fault}>
          <Button look="main" onClick={() => setTries(n => n + 1)}>
            Try again
          </Button>
        </Empty>
      </main>
    );
  }
  switch (who.state) {
    case 'unknown':
      return <Waiting />;
    case 'nobody':
      return <LoginPage />;
    case 'somebody':
      return <Inside key={who.account} />;
  }
}

/** What somebody who is logged in sees. */
function Inside() {
  useEffect(() => {
    const unfollow = followProjects();
    start();
    // The page that needs them says so where they can't be had.
    loadProjects().catch(() => undefined);
    // Where the browser keeps nothing, there is nothing to go on with.
    findUnfinished().catch(() => undefined);
    return () => {
      unfollow();
      stop();
      forgetProjects();
      leaveUploads();
    };
  }, []);
  return (
    <Shell>
      <Boundary>
        <Suspense fallback={<Waiting />}>
          <Page />
        </Suspense>
      </Boundary>
    </Shell>
  );
}

function Page(): ReactNode {
  const { path } = usePlace();
  for (const route of routes) {
    const variables = match(route.path, path);
    if (variables !== undefined) {
      return <route.page key={variables.project ?? route.path} variables={variables} />;
    }
  }
  return (
    <Empty
      icon={<SearchX />}
      title="There is no such page"
      text="The address may be mistyped, or the page was removed."
    />
  );
}
