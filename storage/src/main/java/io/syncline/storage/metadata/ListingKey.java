package io.syncline.storage.metadata;

import io.syncline.core.tree.Node;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.ListingOrder.Sort;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * A position in a listing: that of a row, whether or not the row still is there.
 *
 * @param directory whether it is among the directories, which come first
 * @param value size in bytes or modification time in nanoseconds, whatever the listing is sorted
 *     by; 0 for directories and where it is sorted by name
 * @param name the row's name, or any valid Unicode that a name may be compared with
 */
public record ListingKey(boolean directory, long value, String name) {
    /** Where a node is in a listing that is sorted so. */
    public static ListingKey of(Node node, Sort sort) {
        boolean directory = node.item().isDirectory();
        long value =
                directory
                        ? 0
                        : switch (sort) {
                            case NAME -> 0;
                            case SIZE -> node.item().sizeBytes();
                            case TIME -> node.item().mtimeNanos();
                        };
        return new ListingKey(directory, value, node.place().name().value());
    }

    /** The order of the rows of a listing. */
    public static Comparator<ListingKey> comparator(ListingOrder order) {
        return (a, b) -> {
            if (a.directory != b.directory) {
                return a.directory ? -1 : 1;
            }
            int byValue = Long.compare(a.value, b.value);
            int byKey = byValue != 0 ? byValue : compareNames(a.name, b.name);
            boolean reverse = a.directory ? order.directoriesDescending() : order.descending();
            return reverse ? -byKey : byKey;
        };
    }

    private static int compareNames(String a, String b) {
        return Arrays.compareUnsigned(
                a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }
}
