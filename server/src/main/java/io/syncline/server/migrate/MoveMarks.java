package io.syncline.server.migrate;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.metadata.MetadataStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * What a migration leaves in the settings of both stores, so that never two servers go on with one
 * history.
 */
public final class MoveMarks {
    /** In a target, until all is there: where from, see {@link Migration}. */
    static final String COMING = "migration-from";

    /** In a target: the last pack whose blocks are all there. */
    static final String PACK = "migration-pack";

    /** In a source, when all has left: where to. */
    static final String LEFT = "migrated-to";

    /** What isn't moved itself. */
    static final Set<String> ALL = Set.of(COMING, PACK, LEFT);

    private MoveMarks() {}

    /**
     * Refuses to serve stores that were moved away, or aren't there in full yet.
     *
     * @throws SynclineException UNAVAILABLE with what to do
     */
    public static void check(MetadataStore store) {
        find(store, COMING)
                .ifPresent(_ -> {
                    throw unavailable(
                            "'syncline admin migrate' into these stores didn't end: run it again to"
                                    + " its end");
                });
        find(store, LEFT)
                .ifPresent(to -> {
                    throw unavailable(
                            "this server was moved to "
                                    + to
                                    + ": start it there; to go on here nevertheless, without what"
                                    + " happened there, run 'syncline admin migrate --reopen'");
                });
    }

    private static SynclineException unavailable(String what) {
        return new SynclineException(ErrorCode.UNAVAILABLE, what);
    }

    static Optional<String> find(MetadataStore store, String name) {
        return store.<Optional<ByteBuffer>>read(read -> read.settings().find(name))
                .map(value -> StandardCharsets.UTF_8.decode(value).toString());
    }

    static void put(MetadataStore store, String name, String value) {
        store.write(write -> {
            write.settings().put(name, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
            return true;
        });
    }

    static void delete(MetadataStore store, String name) {
        store.write(write -> write.settings().delete(name));
    }
}
