package io.syncline.core.tree;

/**
 * The random id of a project's lineage; a restore from backup starts a new one.
 *
 * @param value 128 random bits as 32 lower-case hexadecimal digits
 */
public record Epoch(String value) {
    public Epoch {
        RandomId.check(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
