package io.syncline.client.engine;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.state.Durability;
import io.syncline.client.state.StateStore;
import io.syncline.client.transfer.Partials;
import io.syncline.core.tree.Content;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Remembers half-fetched large files in the state; at most {@value #ENTRIES_MAX}. Thread-safe. */
public final class FolderPartials implements Partials {
    private static final int ENTRIES_MAX = 1_000;
    private static final String KEY = "partials";

    private final StateStore store;
    private final Map<String, LocalPath> temporaries = new LinkedHashMap<>();

    /** Those that an earlier run remembered in this state. */
    public FolderPartials(StateStore store) {
        this.store = store;
        List<String> parts = store.value(KEY).map(Parts::split).orElse(List.of());
        for (int i = 0; i + 1 < parts.size(); i += 2) {
            temporaries.put(parts.get(i), LocalPath.parse(parts.get(i + 1)));
        }
    }

    @Override
    public synchronized Optional<LocalPath> find(Content content) {
        return Optional.ofNullable(temporaries.get(key(content)));
    }

    @Override
    public synchronized void keep(Content content, LocalPath temporary) {
        if (temporaries.size() < ENTRIES_MAX || temporaries.containsKey(key(content))) {
            temporaries.put(key(content), temporary);
            save();
        }
    }

    @Override
    public synchronized void forget(Content content) {
        if (temporaries.remove(key(content)) != null) {
            save();
        }
    }

    /** All that are remembered. */
    synchronized List<LocalPath> temporaries() {
        return List.copyOf(temporaries.values());
    }

    private static String key(Content content) {
        return content.hash() + "." + content.level();
    }

    private void save() {
        var parts = new ArrayList<String>();
        temporaries.forEach((key, path) -> {
            parts.add(key);
            parts.add(path.toString());
        });
        store.begin(Durability.EVENTUAL);
        boolean done = false;
        try {
            store.putValue(KEY, Parts.join(parts.toArray(String[]::new)));
            store.commit();
            done = true;
        } finally {
            if (!done) {
                store.rollback();
            }
        }
    }
}
