package io.syncline.server.block;

import io.syncline.core.tree.ProjectId;
import io.syncline.storage.metadata.Settings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** How many quarantined blocks of a project were stored again since it exists; for operators. */
public final class HealedBlocks {
    private HealedBlocks() {}

    /** The count. */
    public static long of(Settings settings, ProjectId project) {
        return settings.find(name(project))
                .map(value -> Long.parseLong(StandardCharsets.UTF_8.decode(value).toString()))
                .orElse(0L);
    }

    /** Counts more of them, within the transaction that stores them. */
    static void add(Settings.Writable settings, ProjectId project, int more) {
        if (more > 0) {
            String count = Long.toString(of(settings, project) + more);
            settings.put(name(project), ByteBuffer.wrap(count.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static String name(ProjectId project) {
        return "healed-blocks/" + project.value();
    }
}
