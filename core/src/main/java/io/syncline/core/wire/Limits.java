package io.syncline.core.wire;

import java.util.List;

/** The named limits of the protocol (L9): both sides know them, the server enforces them. */
public final class Limits {
    /** The protocol version that this program speaks; the lowest one it understands (R43). */
    public static final int PROTOCOL = 1;

    public static final int PROTOCOL_MIN = 1;

    /** Entries in a page of children or changes unless the reader asks otherwise. */
    public static final int PAGE_ENTRIES = 500;

    /** Most entries in a page of children. */
    public static final int CHILDREN_PAGE_ENTRIES_MAX = 1_000;

    /** Rows in a page of a page map: a few choices, so that a map serves many. */
    public static final List<Integer> PAGE_MAP_SIZES = List.of(100, 200, 500, 1_000);

    /** Most pages in a page map: of the largest directory, in the smallest pages. */
    public static final int PAGE_MAP_PAGES_MAX = 100_000;

    /** Most entries in a page of changes (R50). */
    public static final int CHANGES_PAGE_ENTRIES_MAX = 10_000;

    /** A page of changes ends after the entry that reaches this many bytes of JSON. */
    public static final int CHANGES_PAGE_BYTES = 1 << 20;

    /** Largest page of changes inside a hint, in bytes of JSON (R50). */
    public static final int HINT_CHANGES_BYTES = 4 << 10;

    /** Most changes in one commit. */
    public static final int COMMIT_CHANGES_MAX = 500;

    /** Largest JSON body of a request. */
    public static final int JSON_BODY_BYTES_MAX = 2 << 20;

    /** Most hashes in one question for missing blocks. */
    public static final int MISSING_HASHES_MAX = 16_384;

    /** Largest body of a chunk: 4 MiB of framed blocks and their headers. */
    public static final int CHUNK_BYTES_MAX = 4 << 20;

    /** Most blocks in one read. */
    public static final int READ_HASHES_MAX = 1_024;

    /** Most bytes of plain blocks in the answer to one read; a reader asks for less than that. */
    public static final int READ_BYTES_MAX = 16 << 20;

    /** Deepest tree: levels of directories below the root, the node itself included (R45). */
    public static final int TREE_DEPTH_MAX = 1_024;

    /** Most live children of one directory (R45). */
    public static final int DIRECTORY_CHILDREN_MAX = 10_000_000;

    /** Projects that one event connection may watch. */
    public static final int EVENT_PROJECTS_MAX = 64;

    /** Largest WebSocket text message in either direction. */
    public static final int EVENT_MESSAGE_BYTES_MAX = 16 << 10;

    /** Longest human-given label: of a device, account, project. In bytes of UTF-8. */
    public static final int LABEL_BYTES_MAX = 255;

    private Limits() {}
}
