package io.syncline.core.delta;

/**
 * The weak sum of a window of {@link Signature#PIECE_BYTES} bytes, which moves by a byte in
 * constant time: in the lower 16 bits the sum of its bytes, in the upper 16 the sum of each byte
 * times its distance from the window's end, both modulo 2^16 (Tridgell and Mackerras, section 3,
 * with M = 2^16). Not thread-safe.
 */
final class RollingSum {
    private int plain;
    private int weighted;

    /** Begins anew with the window at {@code from}. */
    void begin(byte[] bytes, int from) {
        plain = 0;
        weighted = 0;
        for (int i = 0; i < Signature.PIECE_BYTES; i++) {
            plain += bytes[from + i] & 0xFF;
            weighted += plain;
        }
    }

    /** Moves the window by a byte: {@code out} leaves at its front, {@code in} enters behind. */
    void move(byte out, byte in) {
        plain += (in & 0xFF) - (out & 0xFF);
        weighted += plain - Signature.PIECE_BYTES * (out & 0xFF);
    }

    int value() {
        return weighted << 16 | (plain & 0xFFFF);
    }
}
