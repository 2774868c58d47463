package io.syncline.server.edge;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;

/** The body of one answer, or of equal ones; compressed once for all of them. Thread-safe. */
public final class SharedBytes {
    private final ByteBuffer plain;
    private final ConcurrentHashMap<ContentCoding, ByteBuffer> coded = new ConcurrentHashMap<>();

    /** Owns these bytes from now on. */
    public SharedBytes(byte[] plain) {
        this(ByteBuffer.wrap(plain));
    }

    SharedBytes(ByteBuffer plain) {
        this.plain = plain;
    }

    /** How many they are, before they are compressed. */
    public int length() {
        return plain.remaining();
    }

    ByteBuffer plain() {
        return plain.duplicate();
    }

    ByteBuffer in(ContentCoding coding) {
        return coded.computeIfAbsent(coding, wanted -> wanted.encode(plain)).duplicate();
    }
}
