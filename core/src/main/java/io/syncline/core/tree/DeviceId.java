package io.syncline.core.tree;

/**
 * A device's id.
 *
 * @param value 128 random bits as 32 lower-case hexadecimal digits
 */
public record DeviceId(String value) {
    public DeviceId {
        RandomId.check(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
