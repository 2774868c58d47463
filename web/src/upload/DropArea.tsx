import { UploadCloud } from 'lucide-react';
import { useEffect, useState } from 'react';
import { sentence } from '../api/client';
import { complain } from '../design/Toasts';
import { ofDrop } from './collect';
import styles from './Upload.module.css';
import { upload } from './uploads';

/** While this is shown, files that are dropped anywhere on the page are uploaded into the folder. */
export function DropArea({ project, folder, name }: { project: string; folder: number; name: string }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const drag = (event: DragEvent) => {
      if (holdsFiles(event)) {
        event.preventDefault();
        if (event.dataTransfer !== null) {
          event.dataTransfer.dropEffect = 'copy';
        }
        setOver(true);
      }
    };
    const leave = (event: DragEvent) => {
      // Between two elements of the page it only moves on.
      if (event.relatedTarget === null) {
        setOver(false);
      }
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (holdsFiles(event) && event.dataTransfer !== null) {
        event.preventDefault();
        ofDrop(event.dataTransfer)
          .then(chosen => upload(project, folder, name, chosen))
          .catch(failure => complain(`What was dropped can’t be read: ${sentence(failure)}`));
      }
    };
    window.addEventListener('dragenter', drag);
    window.addEventListener('dragover', drag);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', drag);
      window.removeEventListener('dragover', drag);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [project, folder, name]);
  return over ? (
    <div className={styles.drop} aria-hidden>
      <div className={styles.dropWord}>
        <UploadCloud size={40} strokeWidth={1.5} />
        <strong>Drop to upload into {name}</strong>
        <span>Files and folders of any size</span>
      </div>
    </div>
  ) : null;
}
