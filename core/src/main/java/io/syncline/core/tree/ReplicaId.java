package io.syncline.core.tree;

/**
 * The id of one folder of one device linked to one project, kept in its state and in the root
 * marker (R42).
 *
 * @param value 128 random bits as 32 lower-case hexadecimal digits
 */
public record ReplicaId(String value) {
    public ReplicaId {
        RandomId.check(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
