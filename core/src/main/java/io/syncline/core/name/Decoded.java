package io.syncline.core.name;

import io.syncline.core.tree.Name;

/** What a local name found on disk stands for. */
public sealed interface Decoded {
    /** It is the exact name. */
    record Plain(Name name) implements Decoded {}

    /** It stands for another name, which it proves. */
    record Mapped(Name name) implements Decoded {}

    /**
     * It looks shortened: it stands for a name that {@link LocalNames#isShortFor} says it is short
     * for, which the device or the server knows; where neither does, for itself.
     *
     * @param literal itself
     */
    record Shortened(Name literal) implements Decoded {}

    /**
     * It can't be the name of a node: too long, or no valid Unicode.
     *
     * @param fault why
     */
    record Impossible(String fault) implements Decoded {}
}
