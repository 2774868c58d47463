package io.syncline.client.disk;

import java.util.Optional;

/** What a look at the disk found. */
public sealed interface Look<T> {
    /** It is there. */
    record Found<T>(T value) implements Look<T> {}

    /** It isn't there, or can't be looked at; {@link Outcome.Missing} alone means absence. */
    record Not<T>(Outcome.Refused why) implements Look<T> {}

    /** What was found, if anything. */
    default Optional<T> found() {
        return this instanceof Found<T>(T value) ? Optional.of(value) : Optional.empty();
    }

    /** Whether the entry is known not to exist (and is not only unreadable). */
    default boolean isMissing() {
        return this instanceof Not<T>(Outcome.Missing _);
    }

    /** What was found; a failure where it wasn't. */
    default T orThrow(LocalPath path) {
        return switch (this) {
            case Found<T>(T value) -> value;
            case Not<T>(Outcome.Refused why) -> throw new DiskException(path, why);
        };
    }
}
