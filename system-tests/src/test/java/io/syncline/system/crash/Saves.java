package io.syncline.system.crash;

import io.syncline.core.block.ContentBuilder;
import io.syncline.core.block.CutParameters;
import io.syncline.core.block.Cutter;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What people saved, and what of it they still want: a version that somebody overwrote or deleted
 * knowingly may go (L2). Every version begins with a line of its own, so that one is told from all
 * others.
 */
public final class Saves {
    /** A version and where it was written. */
    private record Version(String where, Content content) {}

    private final Map<Hash, Version> wanted = new LinkedHashMap<>();

    /** All that was ever written, by the SHA-256 of its bytes. */
    private final Map<Hash, byte[]> written = new HashMap<>();

    /** Writing of this begins: it may be found, whole or in part, and may be lost. */
    public void begun(byte[] bytes) {
        written.put(Hash.sha256(bytes), bytes);
    }

    /** It was written, and where power may fail it is on the disk. */
    public void saved(String where, byte[] bytes) {
        wanted.put(Hash.sha256(bytes), new Version(where, content(bytes)));
    }

    /** Somebody is about to overwrite or delete this. */
    public void unwanted(byte[] bytes) {
        wanted.remove(Hash.sha256(bytes));
    }

    /** From now on only what is among these is wanted. */
    public void keepOnly(Set<Hash> present) {
        wanted.keySet().retainAll(present);
    }

    /** What is wanted and not among these. */
    public Map<Hash, Content> missing(Collection<Hash> present) {
        Map<Hash, Content> missing = new LinkedHashMap<>();
        wanted.forEach((hash, version) -> {
            if (!present.contains(hash)) {
                missing.put(hash, version.content);
            }
        });
        return missing;
    }

    String where(Hash hash) {
        Version version = wanted.get(hash);
        return version == null ? hash.toString() : version.where + " " + hash;
    }

    public int wantedCount() {
        return wanted.size();
    }

    /**
     * Whether somebody wrote this.
     *
     * @param torn whether it may also be what a power cut left of it: shorter, or zero in places
     */
    public boolean isKnown(byte[] bytes, boolean torn) {
        if (bytes.length == 0 || written.containsKey(Hash.sha256(bytes))) {
            return true;
        }
        return torn && written.values().stream().anyMatch(whole -> isPartOf(bytes, whole));
    }

    private static boolean isPartOf(byte[] part, byte[] whole) {
        if (part.length > whole.length) {
            return false;
        }
        for (int i = 0; i < part.length; i++) {
            if (part[i] != whole[i] && part[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static Content content(byte[] bytes) {
        var cutter = new Cutter(CutParameters.FORMAT_1);
        var content = new ContentBuilder(_ -> {});
        for (int from = 0; from < bytes.length; ) {
            int to = cutter.cut(bytes, from, bytes.length, true);
            byte[] block = Arrays.copyOfRange(bytes, from, to);
            content.add(Hash.sha256(block), block.length);
            from = to;
        }
        return content.finish();
    }

    /** The wanted versions, for a message. */
    public List<String> describe(Collection<Hash> hashes) {
        return hashes.stream().map(this::where).toList();
    }
}
