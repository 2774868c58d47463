package io.syncline.client.disk;

import java.util.List;

/**
 * The entries of one directory, in the order in which the system gave them, without {@code .},
 * {@code ..} and, in the root, {@code .syncline}.
 *
 * @param directory the directory itself, from before its entries were read
 * @param complete false when an entry is missing from the list, because its name isn't UTF-8 or its
 *     attributes couldn't be read: then nothing may be taken for deleted (R11)
 * @param faults for people: what is missing and why, at most {@link #MAX_FAULTS}
 */
public record Listing(Stat directory, List<Entry> entries, boolean complete, List<String> faults) {
    /** How many faults are described; the listing is incomplete however many there are. */
    public static final int MAX_FAULTS = 20;

    public Listing {
        entries = List.copyOf(entries);
        faults = List.copyOf(faults);
    }

    /** One entry: its name as spelt on disk, and its attributes (no link is followed). */
    public record Entry(String name, Stat stat) {}
}
