package io.syncline.client.daemon;

import java.util.Optional;

/**
 * The files of the page that a daemon serves to this device's browser, by their names below the
 * page's root. Thread-safe. Handed in: the client knows no page.
 */
@FunctionalInterface
public interface PageFiles {
    /** For a daemon without a page. */
    PageFiles NONE = _ -> Optional.empty();

    /** The bytes of a file; empty where there is none of that name. */
    Optional<byte[]> file(String name);
}
