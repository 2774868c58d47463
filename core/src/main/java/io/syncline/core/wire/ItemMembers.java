package io.syncline.core.wire;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The members {@code parent}, {@code name}, {@code kind}, {@code executable}, {@code mtime}, {@code
 * size}, {@code level} and {@code hash}, which a node and the changes of a commit spell alike: a
 * collector while an object is read, and their writers.
 */
final class ItemMembers {
    private @Nullable NodeId parent;
    private @Nullable Name name;
    private @Nullable Kind kind;
    private @Nullable Boolean executable;
    private @Nullable Long mtimeNanos;
    private @Nullable Long sizeBytes;
    private @Nullable Integer level;
    private @Nullable Hash hash;

    static void writePlace(JsonWriter out, Place place) {
        out.member("parent", place.parent().value()).member("name", place.name().value());
    }

    static void writeItem(JsonWriter out, Item item) {
        out.member("kind", item.kind().word());
        if (item.executable()) {
            out.member("executable", true);
        }
        if (item.mtimeNanos() != 0) {
            out.decimal("mtime", item.mtimeNanos());
        }
        item.content()
                .ifPresent(content ->
                        out.member("size", content.sizeBytes())
                                .member("level", content.level())
                                .member("hash", content.hash()));
    }

    /** Takes the member that the reader is at, if it is one of these. */
    boolean take(JsonReader in) {
        switch (in.member()) {
            case "parent" -> parent = Members.readNodeId(in);
            case "name" -> name = in.text(Name::new);
            case "kind" -> kind = in.text(Kind::parse);
            case "executable" -> executable = in.bool();
            case "mtime" -> mtimeNanos = in.text(ItemMembers::parseNanos);
            case "size" -> sizeBytes = in.number(0, Content.MAX_SIZE_BYTES);
            case "level" -> level = in.integer(0, Content.MAX_LEVEL);
            case "hash" -> hash = Members.readHash(in);
            default -> {
                return false;
            }
        }
        return true;
    }

    Place place(JsonReader in) {
        return new Place(in.required("parent", parent), in.required("name", name));
    }

    Optional<Place> placeIfAny(JsonReader in) {
        return parent == null && name == null ? Optional.empty() : Optional.of(place(in));
    }

    Item item(JsonReader in) {
        Kind readKind = in.required("kind", kind);
        boolean readExecutable = executable != null && executable;
        long readMtime = mtimeNanos == null ? 0 : mtimeNanos;
        return in.make(() -> new Item(readKind, readExecutable, readMtime, content(in)));
    }

    Optional<Item> itemIfAny(JsonReader in) {
        boolean none =
                kind == null && executable == null && mtimeNanos == null && !hasContentMember();
        return none ? Optional.empty() : Optional.of(item(in));
    }

    boolean isEmpty() {
        return parent == null
                && name == null
                && kind == null
                && executable == null
                && mtimeNanos == null
                && !hasContentMember();
    }

    private boolean hasContentMember() {
        return sizeBytes != null || level != null || hash != null;
    }

    private Optional<Content> content(JsonReader in) {
        if (!hasContentMember()) {
            return Optional.empty();
        }
        return Optional.of(
                new Content(
                        in.required("level", level),
                        in.required("hash", hash),
                        in.required("size", sizeBytes)));
    }

    /** A decimal int64 as {@link Long#toString(long)} spells it, so that each has one spelling. */
    private static long parseNanos(String text) {
        if (isShortest(text)) {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException _) {
                // Answered below like another spelling of a number.
            }
        }
        throw SynclineException.invalid("mtime is a decimal string of nanoseconds in int64");
    }

    /** Digits of ASCII after at most a minus, without a zero before others and without -0. */
    private static boolean isShortest(String text) {
        int first = text.startsWith("-") ? 1 : 0;
        for (int i = first; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return text.equals("0") || (first < text.length() && text.charAt(first) != '0');
    }
}
