package io.syncline.server.quota;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Quota;
import io.syncline.storage.metadata.Quotas;
import java.util.OptionalLong;

/**
 * Bounds the frames that a project may have stored, whatever they belong to: live content, history,
 * uploads that are never committed. Where that has no limit of its own but live content has, it is
 * twice that and 1 GiB: room for history and for what is on its way.
 */
public final class Stored {
    /** What may be stored beyond twice the live content's limit. */
    public static final long MARGIN_BYTES = 1L << 30;

    private Stored() {}

    /** The limit of a project's stored frames in bytes. */
    public static OptionalLong limit(Quotas quotas, Project project) {
        Quota quota = quotas.of(project.id()).or(quotas.standard());
        if (quota.frameBytes().isPresent() || quota.contentBytes().isEmpty()) {
            return quota.frameBytes();
        }
        long content = Math.min(quota.contentBytes().getAsLong(), Long.MAX_VALUE / 4);
        return OptionalLong.of(2 * content + MARGIN_BYTES);
    }

    /**
     * Refuses an upload where the project has stored all that it may. What is uploaded at the same
     * time may pass the limit together, by a chunk each.
     *
     * @throws SynclineException TOO_LARGE, which says by how much
     */
    public static void check(Quotas quotas, Project project) {
        OptionalLong limit = limit(quotas, project);
        if (limit.isPresent()) {
            long stored = quotas.usage(project.key()).frameBytes();
            if (stored >= limit.getAsLong()) {
                throw new SynclineException(
                        ErrorCode.TOO_LARGE,
                        "over quota: the project has stored "
                                + stored
                                + " of the "
                                + limit.getAsLong()
                                + " bytes that it may, history included");
            }
        }
    }
}
