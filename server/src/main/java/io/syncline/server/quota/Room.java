package io.syncline.server.quota;

import io.syncline.core.tree.AccountId;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Quota;
import io.syncline.storage.metadata.Quotas;
import java.util.OptionalLong;

/**
 * How much may be added to a project; negative where more than the quota is there already.
 *
 * @param contentBytes content of live nodes in bytes
 * @param nodes live nodes
 */
public record Room(long contentBytes, long nodes) {
    /** Where nothing is limited. */
    public static final Room UNLIMITED = new Room(Long.MAX_VALUE, Long.MAX_VALUE);

    /**
     * What the project's own limits, else those of every project, and the limits of each of its
     * owners leave. A few look-ups; where an owner is limited, one more row for each project that
     * it owns.
     */
    public static Room of(Quotas quotas, Project project) {
        Quota quota = quotas.of(project.id()).or(quotas.standard());
        Room room = UNLIMITED;
        if (quota.contentBytes().isPresent() || quota.nodes().isPresent()) {
            room = left(quota, quotas.usage(project.key()).contentBytes(), project.nodes());
        }
        for (AccountId owner : quotas.limitedOwners(project.key())) {
            Quotas.Owned owned = quotas.owned(owner);
            room = room.least(left(quotas.of(owner), owned.contentBytes(), owned.nodes()));
        }
        return room;
    }

    private static Room left(Quota quota, long contentBytes, long nodes) {
        return new Room(left(quota.contentBytes(), contentBytes), left(quota.nodes(), nodes));
    }

    private static long left(OptionalLong limit, long held) {
        return limit.isEmpty() ? Long.MAX_VALUE : limit.getAsLong() - held;
    }

    private Room least(Room other) {
        return new Room(Math.min(contentBytes, other.contentBytes), Math.min(nodes, other.nodes));
    }

    /** The sum of both. */
    public Room plus(Room other) {
        return new Room(contentBytes + other.contentBytes, nodes + other.nodes);
    }
}
