package io.syncline.server.edge;

/** Comparing entity tags (RFC 9110 §8.8.3). */
public final class EntityTags {
    private EntityTags() {}

    /**
     * Whether a header {@code If-None-Match} names this tag; the comparison is the weak one, as RFC
     * 9110 §13.1.2 asks for.
     */
    public static boolean match(String tags, String tag) {
        String wanted = opaque(tag);
        for (String one : tags.split(",", -1)) {
            String bare = one.strip();
            if (bare.equals("*") || opaque(bare).equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    /** The weak tag of what this tag names. */
    static String weak(String tag) {
        return "W/" + opaque(tag);
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }
}
