package io.syncline.core.tree;

/**
 * A commit's id, chosen by its device; the key that makes a retry harmless (R9).
 *
 * @param value 128 random bits as 32 lower-case hexadecimal digits
 */
public record CommitId(String value) {
    public CommitId {
        RandomId.check(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
