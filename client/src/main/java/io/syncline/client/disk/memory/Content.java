package io.syncline.client.disk.memory;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * The bytes of a file: pages of 4 KiB, none where nothing was written. A page is never changed but
 * replaced, so that a snapshot costs nothing until one of the two is written to.
 */
final class Content {
    static final int PAGE_BYTES = 4096;
    private static final int SECTOR_BYTES = 512;
    private static final byte[] NO_BYTES = {};

    /** Each holds the page's bytes up to some point, with zeros behind; none is empty. */
    private NavigableMap<Long, byte[]> pages;

    private boolean shared;
    private long size;

    private Content(NavigableMap<Long, byte[]> pages, boolean shared, long size) {
        this.pages = pages;
        this.shared = shared;
        this.size = size;
    }

    static Content empty() {
        return new Content(new TreeMap<>(), false, 0);
    }

    /** What this is now, whatever is written later. */
    Content snapshot() {
        shared = true;
        return new Content(pages, true, size);
    }

    long size() {
        return size;
    }

    int pageCount() {
        return pages.size();
    }

    /** Bytes from there into the buffer; how many, 0 from the end on. */
    int read(ByteBuffer into, long offset) {
        int total = Math.clamp(size - offset, 0, into.remaining());
        for (int done = 0; done < total; ) {
            long at = offset + done;
            int in = (int) (at % PAGE_BYTES);
            int count = Math.min(PAGE_BYTES - in, total - done);
            byte[] page = page(at / PAGE_BYTES);
            int there = Math.clamp(page.length - in, 0, count);
            into.put(page, Math.min(in, page.length), there);
            into.put(new byte[count - there]);
            done += count;
        }
        return total;
    }

    /** All bytes; for files that fit into an array. */
    byte[] bytes() {
        var all = ByteBuffer.allocate(Math.toIntExact(size));
        read(all, 0);
        return all.array();
    }

    /** Writes the part of the buffer that is in the first page it touches. */
    void writeInPage(ByteBuffer from, long offset) {
        int in = (int) (offset % PAGE_BYTES);
        int count = Math.min(PAGE_BYTES - in, from.remaining());
        byte[] old = page(offset / PAGE_BYTES);
        byte[] page = Arrays.copyOf(old, Math.max(old.length, in + count));
        from.get(page, in, count);
        own().put(offset / PAGE_BYTES, page);
        size = Math.max(size, offset + count);
    }

    boolean hasPageAt(long offset) {
        return pages.containsKey(offset / PAGE_BYTES);
    }

    void setSize(long bytes) {
        if (bytes < size) {
            long last = bytes / PAGE_BYTES;
            int in = (int) (bytes % PAGE_BYTES);
            own().tailMap(last, in == 0).clear();
            byte[] page = page(last);
            if (page.length > in) {
                pages.put(last, Arrays.copyOf(page, in));
            }
        }
        size = bytes;
    }

    /** Where data may begin at or after that offset, as {@code lseek(SEEK_DATA)}. */
    long nextData(long offset) {
        if (offset >= size) {
            return Long.MAX_VALUE;
        }
        Long page = pages.ceilingKey(offset / PAGE_BYTES);
        return page == null ? Long.MAX_VALUE : Math.max(offset, page * PAGE_BYTES);
    }

    /**
     * What a power cut may leave of a file: of some size, with each page old, new or torn.
     *
     * @param old what was forced, as far as it wasn't cut off since
     * @param now what was written last
     * @param sizeBytes how long it is
     */
    static Content torn(Content old, Content now, long sizeBytes, RandomGenerator random) {
        Content mixed = empty();
        mixed.size = sizeBytes;
        var indexes = new TreeSet<>(old.pages.keySet());
        indexes.addAll(now.pages.keySet());
        for (long index : indexes) {
            byte[] before = old.page(index);
            byte[] after = now.page(index);
            byte[] page =
                    switch (Arrays.equals(before, after) ? 1 : random.nextInt(4)) {
                        case 0 -> before;
                        case 1, 2 -> after;
                        default -> torn(before, after, random);
                    };
            long room = Math.clamp(sizeBytes - index * PAGE_BYTES, 0, PAGE_BYTES);
            if (room > 0 && page.length > 0) {
                mixed.pages.put(index, page.length > room ? Arrays.copyOf(page, (int) room) : page);
            }
        }
        return mixed;
    }

    private static byte[] torn(byte[] before, byte[] after, RandomGenerator random) {
        int cut = random.nextInt(PAGE_BYTES / SECTOR_BYTES) * SECTOR_BYTES;
        byte[] page = Arrays.copyOf(before, Math.max(before.length, Math.min(cut, after.length)));
        Arrays.fill(page, 0, Math.min(cut, page.length), (byte) 0);
        System.arraycopy(after, 0, page, 0, Math.min(cut, after.length));
        return page;
    }

    private byte[] page(long index) {
        return pages.getOrDefault(index, NO_BYTES);
    }

    private NavigableMap<Long, byte[]> own() {
        if (shared) {
            pages = new TreeMap<>(pages);
            shared = false;
        }
        return pages;
    }
}
