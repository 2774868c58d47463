package io.syncline.core.block;

import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The bytes that the test vectors of docs/formats.md are made of: SHA-256 over a label and a
 * counter of 8 bytes, one after another, cut to length.
 */
public final class Vectors {
    private Vectors() {}

    /** {@code length} bytes that nobody chose. */
    public static byte[] bytes(String label, int length) {
        byte[] prefix = label.getBytes(StandardCharsets.US_ASCII);
        MessageDigest digest = Hash.newDigest();
        ByteBuffer counter = ByteBuffer.allocate(Long.BYTES);
        byte[] bytes = new byte[length];
        for (int at = 0, i = 0; at < length; at += Hash.BYTES, i++) {
            digest.update(prefix);
            digest.update(counter.putLong(0, i).array());
            byte[] next = digest.digest();
            System.arraycopy(next, 0, bytes, at, Math.min(Hash.BYTES, length - at));
        }
        return bytes;
    }
}
