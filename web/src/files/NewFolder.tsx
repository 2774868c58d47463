import { type FormEvent, useState } from 'react';
import { type Node, sentence } from '../api/client';
import { Button } from '../design/Button';
import { Dialog, DialogActions } from '../design/Dialog';
import { Field } from '../design/Field';
import { focusList } from './FileList';
import { createFolder, nameFault } from './operations';

/** Asks for a new folder's name and makes it. */
export function NewFolder({
  project,
  parent,
  onClose,
  onCreated,
}: {
  project: string;
  parent: number;
  onClose(): void;
  onCreated(node: Node): void;
}) {
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name'));
    const wrong = nameFault(name);
    if (wrong !== undefined) {
      setFault(wrong);
      return;
    }
    setBusy(true);
    try {
      onCreated(await createFolder(project, parent, name));
      onClose();
    } catch (failure) {
      setFault(sentence(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog title="New folder" onClose={onClose} onCloseAutoFocus={focusList}>
      <form onSubmit={submit}>
        <Field label="Name" name="name" fault={fault} autoFocus autoComplete="off" spellCheck={false} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" disabled={busy}>
            Create
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
