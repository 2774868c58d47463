package io.syncline.server.checkpoint;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which replicas' newest checkpoints were refused because they hold something else than the
 * project: until the next one that is right, they repair themselves. For people to see, so in
 * memory only: the {@value #KEYS_MAX} that differed last. Thread-safe.
 */
final class Differing {
    private static final int KEYS_MAX = 10_000;

    /** A replica as one device claims it. */
    record Key(ProjectId project, DeviceId device, ReplicaId replica) {}

    private final Map<Key, Boolean> keys =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
                    return size() > KEYS_MAX;
                }
            };

    synchronized void add(Key key) {
        keys.put(key, true);
    }

    synchronized void remove(Key key) {
        keys.remove(key);
    }

    synchronized boolean has(Key key) {
        return keys.containsKey(key);
    }
}
