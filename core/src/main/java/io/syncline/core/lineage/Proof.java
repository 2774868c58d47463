package io.syncline.core.lineage;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.TreeDigest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server's signed word that a project's head was at {@code cursor} with this digest (R2). Who
 * shows it proves what history it has read: all of it up to there. Readers keep the highest one and
 * show it with every request; to them its text is opaque.
 *
 * @param mac 16 bytes as 32 lower-case hexadecimal digits; see {@link ProofKey}
 */
public record Proof(Cursor cursor, TreeDigest digest, String mac) {
    /** {@code EPOCH.SEQUENCE.DIGEST.MAC}; the sequence without leading zeros. */
    private static final Pattern TEXT =
            Pattern.compile(
                    "([0-9a-f]{32})\\.(0|[1-9][0-9]{0,15})\\.([0-9a-f]{64})\\.([0-9a-f]{32})");

    private static final Pattern MAC = Pattern.compile("[0-9a-f]{32}");

    public Proof {
        if (!MAC.matcher(mac).matches()) {
            throw SynclineException.invalid("a MAC is 32 lower-case hexadecimal digits");
        }
    }

    /**
     * The proof that this text spells.
     *
     * @throws SynclineException INVALID for any other text
     */
    public static Proof parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw SynclineException.invalid("a proof is EPOCH.SEQUENCE.DIGEST.MAC");
        }
        return new Proof(
                new Cursor(new Epoch(parts.group(1)), Long.parseLong(parts.group(2))),
                new TreeDigest(Hash.parse(parts.group(3))),
                parts.group(4));
    }

    /** The lineage that it is about. */
    public Epoch epoch() {
        return cursor.epoch();
    }

    /** The head that it is about. */
    public long sequence() {
        return cursor.sequence();
    }

    /** Its text: ASCII without characters that an address would have to escape. */
    @Override
    public String toString() {
        return cursor.epoch() + "." + cursor.sequence() + "." + digest + "." + mac;
    }
}
