import { ShieldX } from 'lucide-react';
import type { ReactNode } from 'react';
import { Head } from '../app/Head';
import { Link } from '../app/router';
import { Empty } from '../design/Empty';
import { useStore } from '../design/store';
import { session } from '../session/session';

/** A page for operators; others are told so. The server refuses them in any case. */
export function Operators({ children }: { children: ReactNode }) {
  const who = useStore(session);
  return who.state === 'somebody' && who.operator ? children : <Refused />;
}

function Refused() {
  return (
    <>
      <Head title="Server" />
      <Empty
        icon={<ShieldX />}
        title="Only for operators"
        text="This page is about the whole server. An operator can make you one."
      >
        <Link href="/">To the projects</Link>
      </Empty>
    </>
  );
}
