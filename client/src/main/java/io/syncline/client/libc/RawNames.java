package io.syncline.client.libc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Names as the kernel writes them: bytes ended by NUL. */
public final class RawNames {
    private RawNames() {}

    /** The bytes before the first NUL, or all. */
    public static byte[] name(MemorySegment segment, long offset, int lengthMax) {
        int length = 0;
        while (length < lengthMax && segment.get(JAVA_BYTE, offset + length) != 0) {
            length++;
        }
        var bytes = new byte[length];
        MemorySegment.copy(segment, JAVA_BYTE, offset, bytes, 0, length);
        return bytes;
    }

    /** Whether this is {@code .} or {@code ..}. */
    public static boolean isDots(byte[] name) {
        return name.length <= 2
                && name.length > 0
                && name[0] == '.'
                && (name.length == 1 || name[1] == '.');
    }

    /** The name as text; empty if it isn't UTF-8. */
    public static String decode(byte[] name) {
        for (byte b : name) {
            if (b < 0) {
                try {
                    return StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(name))
                            .toString();
                } catch (CharacterCodingException _) {
                    return "";
                }
            }
        }
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
