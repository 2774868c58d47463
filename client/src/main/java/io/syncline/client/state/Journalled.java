package io.syncline.client.state;

import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.NodeId;
import java.util.List;

/**
 * A commit that was or will be sent and has no answer yet (R8).
 *
 * @param body the exact JSON that was sent first and is sent again unchanged
 * @param nodes the nodes that it names; nothing is planned for them until the answer is in
 * @param createdMillis when it was written, milliseconds since 1970
 */
public record Journalled(CommitId id, String body, List<NodeId> nodes, long createdMillis) {
    public Journalled {
        nodes = List.copyOf(nodes);
    }
}
