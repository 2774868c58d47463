package io.syncline.core.wire;

import java.util.List;
import java.util.Optional;

/**
 * A page of a project's history, newest first.
 *
 * @param before the {@code before} of the next page; absent on the last one
 */
public record LogPage(List<LogEntry> entries, Optional<Long> before) {
    public LogPage {
        entries = List.copyOf(entries);
    }
}
