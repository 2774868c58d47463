package io.syncline.client.transfer;

import io.syncline.client.disk.LocalPath;
import io.syncline.core.tree.Content;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers partials as long as the test runs. */
public final class MemoryPartials implements Partials {
    private final Map<Content, LocalPath> kept = new ConcurrentHashMap<>();

    @Override
    public Optional<LocalPath> find(Content content) {
        return Optional.ofNullable(kept.get(content));
    }

    @Override
    public void keep(Content content, LocalPath temporary) {
        kept.put(content, temporary);
    }

    @Override
    public void forget(Content content) {
        kept.remove(content);
    }

    /** What is remembered now. */
    public Map<Content, LocalPath> all() {
        return Map.copyOf(kept);
    }
}
