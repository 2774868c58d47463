package io.syncline.server.admin;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * One message of the answer to an admin request: a byte that says what it is, four bytes of length,
 * and UTF-8. PROGRESS messages come first, as many as like, then LINE messages and a DOCUMENT, or a
 * FAILURE; END is last.
 */
record AdminMessage(Kind kind, String text) {
    /** The document of a task may list thousands of findings. */
    private static final int BYTES_MAX = 16 << 20;

    enum Kind {
        /** {@code DONE TOTAL BYTES WHAT}, parted by spaces. */
        PROGRESS,
        LINE,
        DOCUMENT,
        /** {@code CODE DETAIL}. */
        FAILURE,
        /** The name of an {@link ErrorCode}, or nothing. */
        END
    }

    void write(DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeByte(kind.ordinal());
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static AdminMessage read(DataInputStream in) throws IOException {
        int kind = in.readUnsignedByte();
        int length = in.readInt();
        if (kind >= Kind.values().length || length < 0 || length > BYTES_MAX) {
            throw SynclineException.invalid("the server's answer can't be understood");
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return new AdminMessage(Kind.values()[kind], new String(bytes, StandardCharsets.UTF_8));
    }
}
