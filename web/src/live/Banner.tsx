import { CloudOff, Wifi } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from '../design/store';
import styles from './Banner.module.css';
import { connection, retryNow } from './live';

/** A connection that is back within this time was never worth a word. */
const LOST_AFTER_MILLIS = 1_200;

/** How long it is said that the connection is back. */
const BACK_MILLIS = 4_000;

/** Says that the connection is lost, and then that it is back. */
export function Banner() {
  const now = useStore(connection);
  const [shown, setShown] = useState<'nothing' | 'lost' | 'back'>('nothing');
  useEffect(() => {
    if (now === 'lost') {
      const timer = setTimeout(() => setShown('lost'), LOST_AFTER_MILLIS);
      return () => clearTimeout(timer);
    }
    setShown(before => (before === 'lost' ? 'back' : before));
    const timer = setTimeout(() => setShown('nothing'), BACK_MILLIS);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <div role="status">
      {shown === 'lost' && (
        <div className={`${styles.banner} ${styles.lost}`}>
          <CloudOff size={16} />
          <span>The connection to the server is lost. What you see may be old.</span>
          <button type="button" className={styles.retry} onClick={retryNow}>
            Try now
          </button>
        </div>
      )}
      {shown === 'back' && (
        <div className={`${styles.banner} ${styles.back}`}>
          <Wifi size={16} />
          <span>Connected again. Everything is up to date.</span>
        </div>
      )}
    </div>
  );
}
