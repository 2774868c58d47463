package io.syncline.storage.metadata;

/**
 * A project's dense number inside one store, so that 128 random bits aren't the prefix of every
 * key. Never leaves the server: a restored or copied store may number anew.
 *
 * @param value 1, 2, 3, …
 */
public record ProjectKey(long value) {
    public ProjectKey {
        if (value < 1) {
            throw new IllegalStateException("a project's key starts at 1, not " + value);
        }
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
