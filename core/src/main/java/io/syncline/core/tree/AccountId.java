package io.syncline.core.tree;

/**
 * An account's id.
 *
 * @param value 128 random bits as 32 lower-case hexadecimal digits
 */
public record AccountId(String value) {
    public AccountId {
        RandomId.check(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
