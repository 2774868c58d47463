package io.syncline.storage.metadata.postgres;

import java.util.List;

/** Arrays as statements take them. */
final class SqlArray {
    private SqlArray() {}

    /** Of numbers, texts, or bytes; all values are of one kind. */
    static Object of(List<?> values) {
        if (values.isEmpty() || values.getFirst() instanceof Long) {
            return values.stream().mapToLong(Long.class::cast).toArray();
        }
        return values.getFirst() instanceof String
                ? values.toArray(String[]::new)
                : values.toArray(byte[][]::new);
    }
}
