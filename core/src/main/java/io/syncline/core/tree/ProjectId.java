package io.syncline.core.tree;

/**
 * A project's id.
 *
 * @param value 128 random bits as 32 lower-case hexadecimal digits
 */
public record ProjectId(String value) {
    public ProjectId {
        RandomId.check(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
