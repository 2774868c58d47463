package io.syncline.server.verify;

import io.syncline.core.tree.ProjectId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
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

    private final List<Finding> findings = new ArrayList<>();
    private final List<File> files = new ArrayList<>();
    private final Set<Finding.Kind> kinds = EnumSet.noneOf(Finding.Kind.class);
    private long findingCount;
    private long damageCount;
    private long fileCount;
    private long projects;
    private long nodes;
    private long versions;
    private long blocks;
    private long packs;
    private long packBytes;
    private long repaired;

    VerifyReport() {}

    synchronized void add(Finding finding) {
        findingCount++;
        damageCount += finding.kind().damage() ? 1 : 0;
        kinds.add(finding.kind());
        if (findings.size() < FINDINGS_MAX) {
            findings.add(finding);
        }
    }

    synchronized void add(File file) {
        fileCount++;
        if (files.size() < FINDINGS_MAX) {
            files.add(file);
        }
    }

    synchronized void lookedAt(long moreProjects, long moreNodes, long moreVersions) {
        projects += moreProjects;
        nodes += moreNodes;
        versions += moreVersions;
    }

    synchronized void lookedAtRows(long more) {
        blocks += more;
    }

    synchronized void lookedAtPack(long bytes) {
        packs++;
        packBytes += bytes;
    }

    /** The finding added last was repaired. */
    synchronized void repairedOne() {
        repaired++;
        damageCount--;
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

    /** All findings. */
    public synchronized long findingCount() {
        return findingCount;
    }

    /** Findings that break a law and weren't repaired. */
    public synchronized long damageCount() {
        return damageCount;
    }

    /** All affected files. */
    public synchronized long fileCount() {
        return fileCount;
    }

    /** Projects looked at. */
    public synchronized long projects() {
        return projects;
    }

    /** Live nodes looked at. */
    public synchronized long nodes() {
        return nodes;
    }

    /** Versions in history looked at. */
    public synchronized long versions() {
        return versions;
    }

    /** Rows of blocks looked at. */
    public synchronized long blocks() {
        return blocks;
    }

    /** Packs read whole. */
    public synchronized long packs() {
        return packs;
    }

    /** Their bytes. */
    public synchronized long packBytes() {
        return packBytes;
    }

    /** Findings that were repaired. */
    public synchronized long repaired() {
        return repaired;
    }
}
