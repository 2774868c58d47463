package io.syncline.core.wire;

import io.syncline.core.error.SynclineException;
import java.util.Locale;

/**
 * How a directory's children are listed: directories first, by name, then everything else by {@code
 * sort}. Names order by their UTF-8 bytes and break ties; they are unique among live siblings, so
 * there are no further ones.
 *
 * @param sort what files order by
 * @param descending files in reverse; directories too where {@code sort} is by name, as they have
 *     neither size nor time
 */
public record ListingOrder(Sort sort, boolean descending) {
    /** Names, lowest first. */
    public static final ListingOrder BY_NAME = new ListingOrder(Sort.NAME, false);

    /** What files order by. */
    public enum Sort {
        /** The name's bytes. */
        NAME,
        /** The size in bytes; 0 for what has no content. */
        SIZE,
        /** The modification time. */
        TIME;

        /** The word on the wire. */
        public String word() {
            return JsonWriter.word(this);
        }
    }

    /** The words on the wire, {@code name|size|time} and {@code asc|desc}; else INVALID. */
    public static ListingOrder parse(String sort, String order) {
        return new ListingOrder(
                switch (sort) {
                    case "name" -> Sort.NAME;
                    case "size" -> Sort.SIZE;
                    case "time" -> Sort.TIME;
                    default -> throw SynclineException.invalid("sort must be name, size or time");
                },
                switch (order) {
                    case "asc" -> false;
                    case "desc" -> true;
                    default -> throw SynclineException.invalid("order must be asc or desc");
                });
    }

    /** {@code asc} or {@code desc}. */
    public String orderWord() {
        return descending ? "desc" : "asc";
    }

    /** Whether the directories are listed in reverse. */
    public boolean directoriesDescending() {
        return descending && sort == Sort.NAME;
    }

    @Override
    public String toString() {
        return sort.name().toLowerCase(Locale.ROOT) + "-" + orderWord();
    }
}
