package io.syncline.server.verify;

import io.syncline.core.tree.ProjectId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was looked at and found. The first {@value #FINDINGS_MAX} findings are kept, the others
 * counted. Filled by several threads.
 */
public final class VerifyReport {
    /** Findings that are kept; and files that are. */
    public static final int FINDINGS_MAX = 1_000;

    /** A file whose content can't be read whole. */
    public record File(ProjectId project, long node, String path) {}

    /** What is counted. */
    public enum Count {
        /** Projects looked at. */
        PROJECTS,
        /** Live nodes looked at. */
        NODES,
        /** Versions in history looked at. */
        VERSIONS,
        /** Rows of blocks looked at. */
        BLOCKS,
        /** Packs read whole. */
        PACKS,
        /** Their bytes. */
        PACK_BYTES,
        /** All findings. */
        FINDINGS,
        /** Findings that break a law and weren't repaired. */
        DAMAGE,
        /** Findings that were repaired. */
        REPAIRED,
        /** Damaged blocks that were set aside now, so that they are sent again (R25). */
        QUARANTINED,
        /** All files whose content can't be read whole. */
        FILES
    }

    private final List<Finding> findings = new ArrayList<>();
    private final List<File> files = new ArrayList<>();
    private final Set<Finding.Kind> kinds = EnumSet.noneOf(Finding.Kind.class);
    private final Map<Count, Long> counts = new EnumMap<>(Count.class);

    VerifyReport() {}

    synchronized void add(Finding finding) {
        kinds.add(finding.kind());
        keep(finding, findings, Count.FINDINGS);
        if (finding.kind().damage()) {
            add(Count.DAMAGE, 1);
        }
    }

    synchronized void add(File file) {
        keep(file, files, Count.FILES);
    }

    private <T> void keep(T found, List<T> kept, Count all) {
        add(all, 1);
        if (kept.size() < FINDINGS_MAX) {
            kept.add(found);
        }
    }

    synchronized void add(Count count, long more) {
        counts.merge(count, more, Long::sum);
    }

    /** A finding that was added, and breaks a law, was repaired. */
    synchronized void repairedOne() {
        add(Count.REPAIRED, 1);
        add(Count.DAMAGE, -1);
    }

    /** How many. */
    public synchronized long count(Count of) {
        return counts.getOrDefault(of, 0L);
    }

    /** Whether no law is broken, or not any more. */
    public boolean isSound() {
        return count(Count.DAMAGE) == 0;
    }

    /** Those kept, in the order found. */
    public synchronized List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** Files whose content can't be read whole; those kept. */
    public synchronized List<File> files() {
        return List.copyOf(files);
    }

    /** Which kinds were found. */
    public synchronized Set<Finding.Kind> kinds() {
        return Set.copyOf(kinds);
    }
}
