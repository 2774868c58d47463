package io.syncline.system.sim;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.FileState;
import io.syncline.core.block.ContentBuilder;
import io.syncline.core.block.CutParameters;
import io.syncline.core.block.Cutter;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What people saved, and no person saw go since: by L2 it is to be found again. What a power cut
 * took before it was durable isn't.
 */
final class Saved {
    /**
     * One of them.
     *
     * @param durable whether it was ever seen to be on a disk for good
     * @param mayHide whether it may be in a trash only: written through an old handle to what was
     *     displaced (R7), taken for damage of a power cut (R31), a temporary when the state was
     *     lost (R6), or the very bytes that somebody had saved before and another may have deleted
     *     meanwhile, for equal bytes agree
     */
    record Version(String device, String path, Content content, boolean durable, boolean mayHide) {}

    /** Whose power failed. */
    private final Set<String> cut = new HashSet<>();

    private final Map<Hash, Version> versions = new LinkedHashMap<>();

    /** All that ever was saved. */
    private final Map<Hash, Content> everything = new LinkedHashMap<>();

    /** Somebody saved this. Nothing isn't worth remembering. */
    void add(String device, String path, byte[] bytes) {
        add(device, path, bytes, false);
    }

    /** A program wrote to what it had opened before, wherever that was by then. */
    void addBehind(String device, String path, byte[] bytes) {
        add(device, path, bytes, true);
    }

    private void add(String device, String path, byte[] bytes, boolean behind) {
        if (bytes.length > 0) {
            Content content = content(bytes);
            Hash sum = Hash.sha256(bytes);
            boolean again = everything.put(sum, content) != null;
            boolean mayHide = behind || again || cut.contains(device);
            versions.put(sum, new Version(device, path, content, false, mayHide));
        }
    }

    /** No person saved this, and nobody misses it; but it may be in a tree. */
    void known(byte[] bytes) {
        everything.put(Hash.sha256(bytes), content(bytes));
    }

    /** Somebody overwrote or deleted that; other copies of it may go too, then. */
    void forget(byte[] bytes) {
        versions.remove(Hash.sha256(bytes));
    }

    /** What is on this device's disk for good. */
    void seen(List<FileState> entries) {
        for (FileState entry : entries) {
            if (entry.isFile() && entry.durable()) {
                versions.computeIfPresent(
                        entry.content(),
                        (_, was) ->
                                was.durable
                                        ? was
                                        : new Version(
                                                was.device,
                                                was.path,
                                                was.content,
                                                true,
                                                was.mayHide));
            }
        }
    }

    /**
     * The power of a device failed: what was saved there and never durable may be gone, and what
     * the disk has of the last minutes, whoever saved it, may be taken for damage (R31).
     *
     * @param doubtNanos since when what was written is in doubt
     */
    void powerCut(String device, List<FileState> left, long doubtNanos) {
        versions.values().removeIf(saved -> saved.device.equals(device) && !saved.durable);
        cut.add(device);
        versions.replaceAll((_, was) ->
                was.device.equals(device)
                        ? new Version(device, was.path, was.content, true, true)
                        : was);
        left.stream()
                .filter(entry -> entry.stat().mtimeNanos() >= doubtNanos)
                .forEach(this::mayHide);
    }

    /** Nobody knows any more what that device's temporaries are: they go to its trash (R6). */
    void stateLost(List<FileState> left) {
        left.stream()
                .filter(entry -> entry.path().startsWith(LocalPath.TEMPORARIES))
                .forEach(this::mayHide);
    }

    private void mayHide(FileState entry) {
        versions.computeIfPresent(
                entry.content(),
                (_, was) -> new Version(was.device, was.path, was.content, was.durable, true));
    }

    /** What is to be found, by the SHA-256 of its bytes. */
    Map<Hash, Version> versions() {
        return versions;
    }

    /** The names of all contents that ever were saved, by the SHA-256 of their bytes. */
    Map<Hash, Content> everything() {
        return everything;
    }

    /** Their name. */
    static Content content(byte[] bytes) {
        var cutter = new Cutter(CutParameters.FORMAT_1);
        var content = new ContentBuilder(_ -> {});
        for (int from = 0; from < bytes.length; ) {
            int to = cutter.cut(bytes, from, bytes.length, true);
            byte[] block = java.util.Arrays.copyOfRange(bytes, from, to);
            content.add(Hash.sha256(block), block.length);
            from = to;
        }
        return content.finish();
    }
}
