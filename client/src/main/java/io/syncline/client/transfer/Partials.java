package io.syncline.client.transfer;

import io.syncline.client.disk.LocalPath;
import io.syncline.core.tree.Content;
import java.util.Optional;

/**
 * Remembers which temporary holds the beginnings of which large content, so that a download goes on
 * where it was cut off, also after a restart. Losing an entry costs only time; what a partial holds
 * is hashed before it is believed. A temporary named here holds nothing of the user's and may be
 * discarded at any time. Thread-safe; called at most a few times per large file.
 */
public interface Partials {
    /** The temporary kept for that content. */
    Optional<LocalPath> find(Content content);

    /** From now on {@code temporary} holds the beginnings of that content. */
    void keep(Content content, LocalPath temporary);

    /** The content's temporary is complete or gone. */
    void forget(Content content);
}
