package io.syncline.core.wire;

import java.util.List;

/**
 * Where every page of a listing begins, so that a scroll bar can jump anywhere.
 *
 * @param version of the listing
 * @param total rows of the listing
 * @param directories how many of them, the first ones, are directories
 * @param size rows in a page
 * @param pages cursor of the first row of each page: {@code total / size}, rounded up
 */
public record PageMap(long version, long total, long directories, int size, List<String> pages) {
    public PageMap {
        pages = List.copyOf(pages);
    }
}
