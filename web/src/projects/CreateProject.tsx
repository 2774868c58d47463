import { type FormEvent, useState } from 'react';
import { type Project, sentence } from '../api/client';
import { Button } from '../design/Button';
import { Dialog, DialogActions } from '../design/Dialog';
import { CheckField, Field } from '../design/Field';
import { createProject } from './projects';

/** Asks for a new project's name and makes it. */
export function CreateProject({
  onClose,
  onCreated,
}: {
  onClose(): void;
  onCreated(project: Project): void;
}) {
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setFault(undefined);
    try {
      onCreated(await createProject(String(form.get('name')).trim(), form.get('portable') !== null));
      onClose();
    } catch (failure) {
      setFault(sentence(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog title="Create a project" onClose={onClose}>
      <form onSubmit={submit}>
        <Field
          label="Name"
          name="name"
          fault={fault}
          hint="What it is about: Photos, Accounting, Thesis."
          required
          autoFocus
          maxLength={255}
        />
        <CheckField
          name="portable"
          label="Portable names"
          hint="Refuse two names in one folder that Windows or macOS can't tell apart. For projects with such devices."
        />
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
