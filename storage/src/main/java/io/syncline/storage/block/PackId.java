package io.syncline.storage.block;

import io.syncline.core.error.SynclineException;

/**
 * A pack's id, never used twice.
 *
 * @param value 128 random bits as 32 lower-case hexadecimal digits
 */
public record PackId(String value) implements Comparable<PackId> {
    public PackId {
        boolean hex = value.length() == 32;
        for (int i = 0; hex && i < 32; i++) {
            char c = value.charAt(i);
            hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        }
        if (!hex) {
            throw SynclineException.invalid("an id is 32 lower-case hexadecimal digits");
        }
    }

    @Override
    public int compareTo(PackId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
