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
        PROGRESS(0),
        LINE(1),
        DOCUMENT(2),
        /** {@code CODE DETAIL}. */
        FAILURE(3),
        /** The name of an {@link ErrorCode}, or nothing. */
        END(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        private static Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw SynclineException.invalid("the server's answer can't be understood");
        }
    }

    void write(DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeByte(kind.code);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static AdminMessage read(DataInputStream in) throws IOException {
        Kind kind = Kind.of(in.readUnsignedByte());
        int length = in.readInt();
        if (length < 0 || length > BYTES_MAX) {
            throw SynclineException.invalid("the server's answer can't be understood");
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return new AdminMessage(kind, new String(bytes, StandardCharsets.UTF_8));
    }
}
