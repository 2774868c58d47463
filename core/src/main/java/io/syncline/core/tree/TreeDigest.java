package io.syncline.core.tree;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * A set hash over all live nodes of a project: the sum modulo 2^256 of SHA-256 over each live
 * node's canonical bytes (R40). Adding and removing a node costs O(1). It proves the absence of
 * faults, not of a malicious member.
 *
 * <p>Canonical bytes: fields as (tag: 1 byte, length: 2 bytes big-endian, value), in tag order,
 * absent ones omitted. Specified with test vectors in {@code docs/formats.md}.
 */
public record TreeDigest(Hash value) {
    /** The digest of a project without nodes. */
    public static final TreeDigest EMPTY = new TreeDigest(new Hash(0, 0, 0, 0));

    private static final int ID = 1;
    private static final int PARENT = 2;
    private static final int NAME = 3;
    private static final int KIND = 4;
    private static final int EXECUTABLE = 5;
    private static final int SIZE = 6;
    private static final int MTIME = 7;
    private static final int CONTENT = 8;
    private static final int SEQUENCE = 9;

    /**
     * The digest with this live node added. Tombstones are not part of a digest: the caller asks.
     */
    public TreeDigest plus(Node node) {
        return plus(Hash.sha256(canonicalBytes(node)));
    }

    /** The digest with this formerly added live node removed. */
    public TreeDigest minus(Node node) {
        Hash hash = Hash.sha256(canonicalBytes(node));
        // Two's complement: -x = ~x + 1.
        TreeDigest complement =
                new TreeDigest(new Hash(~hash.a(), ~hash.b(), ~hash.c(), ~hash.d()));
        return plus(complement.plus(new Hash(0, 0, 0, 1)).value);
    }

    /**
     * The digest after a node's version {@code before} was replaced by {@code after}, whichever of
     * them is live.
     */
    public TreeDigest replace(Node before, Node after) {
        TreeDigest without = before.deleted() ? this : minus(before);
        return after.deleted() ? without : without.plus(after);
    }

    private TreeDigest plus(Hash added) {
        Hash sum = value;
        long d = sum.d() + added.d();
        long carry = carry(sum.d(), added.d(), d);
        long c = sum.c() + added.c() + carry;
        carry = carry(sum.c(), added.c(), c);
        long b = sum.b() + added.b() + carry;
        carry = carry(sum.b(), added.b(), b);
        long a = sum.a() + added.a() + carry;
        return new TreeDigest(new Hash(a, b, c, d));
    }

    /** The carry out of x + y (+ a carry in) = sum, each read as unsigned 64 bits. */
    private static long carry(long x, long y, long sum) {
        return ((x & y) | ((x | y) & ~sum)) >>> 63;
    }

    /** The canonical bytes of a live node. */
    public static byte[] canonicalBytes(Node node) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(160);
        put(out, ID, node.id().value());
        put(out, PARENT, node.place().parent().value());
        put(out, NAME, node.place().name().toBytes());
        put(out, KIND, new byte[] {(byte) node.item().kind().code()});
        if (node.item().executable()) {
            put(out, EXECUTABLE, new byte[] {1});
        }
        node.item().content().ifPresent(content -> put(out, SIZE, content.sizeBytes()));
        if (node.item().mtimeNanos() != 0) {
            put(out, MTIME, node.item().mtimeNanos());
        }
        node.item()
                .content()
                .ifPresent(content -> {
                    ByteBuffer value =
                            ByteBuffer.allocate(1 + Hash.BYTES).put((byte) content.level());
                    content.hash().write(value);
                    put(out, CONTENT, value.array());
                });
        put(out, SEQUENCE, node.sequence());
        return out.toByteArray();
    }

    private static void put(ByteArrayOutputStream out, int tag, long value) {
        put(out, tag, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    private static void put(ByteArrayOutputStream out, int tag, byte[] value) {
        out.write(tag);
        out.write(value.length >>> 8);
        out.write(value.length);
        out.writeBytes(value);
    }

    @Override
    public String toString() {
        return value.toHex();
    }
}
