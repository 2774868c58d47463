package io.syncline.core.lineage;

import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The server's key for proofs: HMAC-SHA256 (RFC 2104), cut to its first 16 bytes as its section 5
 * allows, over what {@code docs/formats.md} says. It must outlive a restore, because what was
 * signed before is the proof that something was lost. Thread-safe.
 */
public final class ProofKey {
    /** Bytes of a key. */
    public static final int BYTES = 32;

    private static final int MAC_BYTES = 16;
    private static final byte[] PURPOSE = "syncline proof 1\n".getBytes(StandardCharsets.US_ASCII);

    private final SecretKeySpec key;

    /**
     * A key of these bytes, which are copied.
     *
     * @param bytes exactly {@value #BYTES}
     */
    public ProofKey(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "a key of proofs has " + BYTES + " bytes, not " + bytes.length);
        }
        key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    /** The signed word that the project's head was there with that digest. */
    public Proof sign(ProjectId project, Cursor head, TreeDigest digest) {
        return new Proof(head, digest, HexFormat.of().formatHex(mac(project, head, digest)));
    }

    /** Whether this key signed that proof for that project. */
    public boolean signed(ProjectId project, Proof proof) {
        return MessageDigest.isEqual(
                mac(project, proof.cursor(), proof.digest()), HexFormat.of().parseHex(proof.mac()));
    }

    private byte[] mac(ProjectId project, Cursor head, TreeDigest digest) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(PURPOSE);
            mac.update(HexFormat.of().parseHex(project.value()));
            mac.update(HexFormat.of().parseHex(head.epoch().value()));
            mac.update(ByteBuffer.allocate(Long.BYTES).putLong(head.sequence()).flip());
            return Arrays.copyOf(mac.doFinal(digest.value().toBytes()), MAC_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
