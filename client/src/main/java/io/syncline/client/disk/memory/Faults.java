package io.syncline.client.disk.memory;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.libc.Errno;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What goes wrong for the programs that use one root; people aren't hit, except by a disk that is
 * read-only. All of it is off at first.
 */
public final class Faults {
    /** How an operation fails. */
    public enum Kind {
        /** The disk failed (EIO). */
        BROKEN(Errno.EIO),
        /** The disk is full (ENOSPC); hits only what takes space. */
        FULL(Errno.ENOSPC),
        /** Not permitted (EACCES). */
        DENIED(Errno.EACCES);

        private final int errno;

        Kind(int errno) {
            this.errno = errno;
        }

        private boolean mayHit(Operation operation) {
            return switch (this) {
                case BROKEN -> true;
                case FULL -> operation.takesSpace();
                case DENIED ->
                        switch (operation) {
                            case READ, WRITE, SET_SIZE, FORCE, FORCE_EVERYTHING -> false;
                            default -> true;
                        };
            };
        }
    }

    private final RandomGenerator random;
    private final Set<LocalPath> unreadable = new LinkedHashSet<>();
    private int nextCount;
    private Kind next = Kind.BROKEN;
    private double fraction;
    private Kind fractionKind = Kind.BROKEN;
    private boolean full;
    private boolean readOnly;

    Faults(RandomGenerator random) {
        this.random = random;
    }

    /** The next so many operations that this can hit fail. */
    public void failNext(int count, Kind kind) {
        nextCount = count;
        next = Objects.requireNonNull(kind);
    }

    /** From now on that share of the operations which this can hit fails, 0 to 1. */
    public void failSome(double share, Kind kind) {
        fraction = share;
        fractionKind = Objects.requireNonNull(kind);
    }

    /** What is at or below that path can't be looked at, read or changed. */
    public void unreadable(LocalPath path) {
        unreadable.add(path);
    }

    /** Nothing that takes space works. */
    public void full(boolean is) {
        full = is;
    }

    /** Nothing can be changed, by people neither. */
    public void readOnly(boolean is) {
        readOnly = is;
    }

    /** All is well again. */
    public void heal() {
        unreadable.clear();
        nextCount = 0;
        fraction = 0;
        full = false;
        readOnly = false;
    }

    /** Whether nothing is to fail. */
    public boolean isHealed() {
        return unreadable.isEmpty() && nextCount == 0 && fraction == 0 && !full && !readOnly;
    }

    void before(Operation operation, LocalPath path) {
        beforePeople(operation);
        if (nextCount > 0 && next.mayHit(operation)) {
            nextCount--;
            throw new Failure(next.errno);
        }
        if (fraction > 0 && fractionKind.mayHit(operation) && random.nextDouble() < fraction) {
            throw new Failure(fractionKind.errno);
        }
        if (full && operation.takesSpace()) {
            throw new Failure(Errno.ENOSPC);
        }
        if (!unreadable.isEmpty() && unreadable.stream().anyMatch(path::startsWith)) {
            throw new Failure(Errno.EACCES);
        }
    }

    void beforePeople(Operation operation) {
        if (readOnly && operation.changes() && !isForcing(operation)) {
            throw new Failure(Errno.EROFS);
        }
    }

    private static boolean isForcing(Operation operation) {
        return operation == Operation.FORCE || operation == Operation.FORCE_EVERYTHING;
    }
}
