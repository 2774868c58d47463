package io.syncline.client.disk;

import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where displaced and deleted files go: {@code .syncline/trash/<date>/} and then the directories
 * they were in, so that a person finds them. A name that is taken there gets a number.
 */
final class Trash {
    /** How many files of one path and day are told apart. */
    private static final int MAX_NUMBER = 100_000;

    private final Calls calls;
    private final InstantSource clock;

    Trash(Calls calls, InstantSource clock) {
        this.calls = calls;
        this.clock = clock;
    }

    /** Moves a file there; {@code original} is where it was. */
    Look<LocalPath> move(LocalPath from, LocalPath original) {
        return place(original, to -> calls.renameNoReplace(from, to));
    }

    /** As {@link #move}, for what must be kept somewhere: empty, and not moved, if that failed. */
    Optional<LocalPath> keep(LocalPath from, LocalPath original) {
        return move(from, original).found();
    }

    /** Gives a file a second name there; empty if that can't be. */
    Optional<LocalPath> link(LocalPath original) {
        return place(original, to -> calls.link(original, to)).found();
    }

    /** Makes a verified, durable copy there of a file or link that stays as it was expected. */
    Look<LocalPath> copy(LocalPath original, Stat expected) {
        Look<LocalPath> copied =
                place(
                        original,
                        to -> {
                            Optional<Outcome.Refused> refused = new Copy(calls).copy(original, to);
                            if (refused.isPresent() && !(refused.get() instanceof Outcome.Exists)) {
                                calls.unlink(to);
                            }
                            return refused;
                        });
        if (copied instanceof Look.Found<LocalPath>(LocalPath copy)) {
            Look<Stat> now = calls.stat(original);
            if (now.found().filter(stat -> stat.unchangedSince(expected)).isEmpty()) {
                calls.unlink(copy);
                return new Look.Not<>(
                        switch (now) {
                            case Look.Found<Stat>(Stat stat) -> new Outcome.Changed(stat);
                            case Look.Not<Stat>(Outcome.Refused why) -> why;
                        });
            }
        }
        return copied;
    }

    private Look<LocalPath> place(
            LocalPath original, Function<LocalPath, Optional<Outcome.Refused>> put) {
        LocalPath directory = LocalPath.TRASH;
        String today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString();
        Look<LocalPath> made = directory(directory, today);
        for (String name : original.parent().names()) {
            if (made instanceof Look.Found<LocalPath>(LocalPath above)) {
                made = directory(above, name);
            }
        }
        if (made instanceof Look.Found<LocalPath>(LocalPath in)) {
            return numbered(in, original.name(), put);
        }
        return made;
    }

    private Look<LocalPath> directory(LocalPath in, String name) {
        return numbered(
                in,
                name,
                directory -> {
                    Optional<Outcome.Refused> refused = calls.makeDirectory(directory);
                    boolean there =
                            refused.isPresent()
                                    && refused.get() instanceof Outcome.Exists
                                    && calls.stat(directory)
                                            .found()
                                            .filter(Stat::isDirectory)
                                            .isPresent();
                    return there ? Optional.empty() : refused;
                });
    }

    private static Look<LocalPath> numbered(
            LocalPath in, String name, Function<LocalPath, Optional<Outcome.Refused>> put) {
        LocalPath at = in.child(name);
        for (int number = 2; ; number++) {
            Optional<Outcome.Refused> refused = put.apply(at);
            if (refused.isEmpty()) {
                return new Look.Found<>(at);
            }
            if (!(refused.get() instanceof Outcome.Exists) || number > MAX_NUMBER) {
                return new Look.Not<>(refused.get());
            }
            at = in.child(OurNames.numbered(name, number));
        }
    }
}
