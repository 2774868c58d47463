package io.syncline.client.engine;

import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.disk.LocalPath;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.TreeDigest;
import java.util.List;
import java.util.Optional;

/**
 * What the engine knows of its folder at one moment.
 *
 * @param pending nodes on which the sides differ
 * @param quiet nothing is under way and nothing is waited for, though something may be held back
 */
record EngineStatus(
        FolderStatus.State state,
        Optional<String> reason,
        Optional<Cursor> cursor,
        TreeDigest digest,
        long pending,
        boolean quiet,
        List<LocalPath> conflicts,
        List<FolderStatus.Problem> problems,
        Optional<String> todo,
        List<FolderStatus.Note> notes,
        List<FolderStatus.Answer> answers) {}
