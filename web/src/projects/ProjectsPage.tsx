import { CircleAlert, CircleCheck, CircleDashed, FolderPlus, Plus, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { type Project, sentence } from '../api/client';
import { Head } from '../app/Head';
import { Link, navigate } from '../app/router';
import { Button } from '../design/Button';
import { Empty, Waiting } from '../design/Empty';
import { Mark } from '../design/Mark';
import { useStore } from '../design/store';
import { ago, counted } from '../format';
import { CreateProject } from './CreateProject';
import styles from './ProjectsPage.module.css';
import { loadProjects, projects } from './projects';
import { useReplicas } from './replicas';
import { useAsked } from './useAsked';

/** All projects of the account; where there is none yet, how to begin. */
export default function ProjectsPage() {
  const list = useStore(projects);
  const [creating, setCreating] = useState(false);
  const fault = useAsked(loadProjects);
  const dialog = creating && (
    <CreateProject
      onClose={() => setCreating(false)}
      onCreated={project => navigate(`/projects/${project.id}`)}
    />
  );
  if (list === undefined) {
    return fault === undefined ? (
      <Waiting />
    ) : (
      <Empty icon={<CircleAlert />} title="The projects can't be read" text={sentence(fault)} />
    );
  }
  if (list.length === 0) {
    return (
      <>
        <Head title="Welcome" />
        <Empty
          icon={<FolderPlus />}
          title="Begin with a project"
          text="A project is a tree of files that your devices keep equal. Make one, then join a folder of a device to it."
        >
          <Button look="main" onClick={() => setCreating(true)}>
            <Plus size={16} />
            Create a project
          </Button>
        </Empty>
        {dialog}
      </>
    );
  }
  return (
    <>
      <Head title="Projects" note={counted(list.length, 'project')}>
        <Button look="main" onClick={() => setCreating(true)}>
          <Plus size={16} />
          Create a project
        </Button>
      </Head>
      <ul className={styles.list}>
        {list.map(project => (
          <li key={project.id}>
            <Card project={project} />
          </li>
        ))}
      </ul>
      {dialog}
    </>
  );
}

function Card({ project }: { project: Project }) {
  return (
    <Link href={`/projects/${project.id}`} className={styles.card}>
      <h2 className={styles.name}>
        <Mark size={20} />
        {project.name}
      </h2>
      <p className={styles.facts}>
        <span className="numbers">{counted(project.nodes, 'entry', 'entries')}</span>
        <span>{project.role}</span>
        <span>made {ago(Date.parse(project.created))}</span>
      </p>
      <InStep project={project.id} />
    </Link>
  );
}

/** Whether the project's devices are where the project is. */
function InStep({ project }: { project: string }) {
  const replicas = useReplicas(project);
  if (replicas === undefined) {
    return <p className={`${styles.step} ${styles.soft}`}>…</p>;
  }
  const behind = replicas.filter(replica => !replica.inStep).length;
  if (replicas.length === 0) {
    return (
      <p className={`${styles.step} ${styles.soft}`}>
        <CircleDashed size={16} />
        No device yet
      </p>
    );
  }
  return behind === 0 ? (
    <p className={`${styles.step} ${styles.good}`}>
      <CircleCheck size={16} />
      {counted(replicas.length, 'device')} in step
    </p>
  ) : (
    <p className={`${styles.step} ${styles.care}`}>
      <RefreshCw size={16} />
      {behind} of {counted(replicas.length, 'device')} behind
    </p>
  );
}
