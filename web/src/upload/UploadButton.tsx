import { FileUp, FolderUp, Upload } from 'lucide-react';
import { useRef } from 'react';
import { sentence } from '../api/client';
import { Button } from '../design/Button';
import { Menu } from '../design/Menu';
import { complain } from '../design/Toasts';
import { type Chosen, type Handle, ofHandles, ofList } from './collect';
import { upload } from './uploads';

/** Pickers whose choice can be read again after a reload; not every browser has them. */
interface Pickers {
  showOpenFilePicker?(options: { multiple: boolean }): Promise<Handle[]>;
  showDirectoryPicker?(): Promise<Handle>;
}

/** Chooses files or a folder to upload. */
export function UploadButton({
  project,
  folder,
  name,
  wordClass,
}: {
  project: string;
  folder: number;
  name: string;
  wordClass: string | undefined;
}) {
  const files = useRef<HTMLInputElement>(null);
  const directory = useRef<HTMLInputElement>(null);
  const pickers = window as unknown as Pickers;
  const begin = (choose: Promise<Chosen>) => {
    choose
      .then(chosen => upload(project, folder, name, chosen))
      .catch(failure => {
        // Who closes the picker has chosen nothing.
        if (!(failure instanceof DOMException && failure.name === 'AbortError')) {
          complain(`This can’t be uploaded: ${sentence(failure)}`);
        }
      });
  };
  const take = (input: HTMLInputElement) => {
    if (input.files !== null) {
      begin(Promise.resolve(ofList(Array.from(input.files))));
    }
    input.value = '';
  };
  return (
    <>
      <Menu
        list={[
          {
            label: 'Files',
            icon: <FileUp size={16} />,
            run: () =>
              pickers.showOpenFilePicker === undefined
                ? files.current?.click()
                : begin(pickers.showOpenFilePicker({ multiple: true }).then(ofHandles)),
          },
          {
            label: 'A folder',
            icon: <FolderUp size={16} />,
            run: () =>
              pickers.showDirectoryPicker === undefined
                ? directory.current?.click()
                : begin(pickers.showDirectoryPicker().then(handle => ofHandles([handle]))),
          },
        ]}
      >
        <Button aria-label="Upload">
          <Upload size={16} />
          <span className={wordClass}>Upload</span>
        </Button>
      </Menu>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label="Files to upload"
        onChange={event => take(event.target)}
      />
      <input
        ref={directory}
        type="file"
        hidden
        aria-label="Folder to upload"
        {...{ webkitdirectory: '' }}
        onChange={event => take(event.target)}
      />
    </>
  );
}
