package io.syncline.core.tree;

import io.syncline.core.error.SynclineException;

/**
 * What a node is. A code of a later protocol is kept and shown, never dropped (R43), so this is not
 * an enum.
 *
 * @param code 1..255, as in the digest's canonical bytes
 */
public record Kind(int code) {
    /** A regular file. */
    public static final Kind FILE = new Kind(1);

    /** A directory. */
    public static final Kind DIRECTORY = new Kind(2);

    /** A symbolic link; its content is its target's bytes. */
    public static final Kind SYMLINK = new Kind(3);

    public Kind {
        if (code < 1 || code > 255) {
            throw SynclineException.invalid("a kind's code is 1..255, not " + code);
        }
    }

    /** Whether this version of Syncline can hold such a node on disk. */
    public boolean isKnown() {
        return code <= 3;
    }

    /** The word on the wire: {@code file}, {@code directory}, {@code symlink} or {@code kind-N}. */
    public String word() {
        return switch (code) {
            case 1 -> "file";
            case 2 -> "directory";
            case 3 -> "symlink";
            default -> "kind-" + code;
        };
    }

    /** The kind that a word on the wire names. */
    public static Kind parse(String word) {
        return switch (word) {
            case "file" -> FILE;
            case "directory" -> DIRECTORY;
            case "symlink" -> SYMLINK;
            default -> {
                if (!word.matches("kind-[1-9][0-9]{0,2}")) {
                    throw SynclineException.invalid("unknown kind of node");
                }
                Kind kind = new Kind(Integer.parseInt(word.substring(5)));
                if (kind.isKnown()) {
                    throw SynclineException.invalid("a kind of node has one word: " + kind);
                }
                yield kind;
            }
        };
    }

    @Override
    public String toString() {
        return word();
    }
}
