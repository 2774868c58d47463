package io.syncline.client.engine;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Stat;
import io.syncline.core.plan.Step;
import io.syncline.core.tree.NodeId;
import java.nio.ByteBuffer;
import java.util.List;

/** One operation on the disk, with paths as they are right before it. */
public sealed interface DiskTask {
    /** The step of the plan that this carries out. */
    Step.Local step();

    /** The node that it is about. */
    NodeId id();

    /** What it is done to, before and after. */
    default List<LocalPath> paths() {
        return switch (this) {
            case MakeDirectory(_, _, var path) -> List.of(path);
            case PlaceFile(_, _, _, var path, _) -> List.of(path);
            case PlaceLink(_, _, _, var path) -> List.of(path);
            case ReplaceFile replace -> List.of(replace.path());
            case ReplaceLink replace -> List.of(replace.path());
            case SetExecutable set -> List.of(set.path());
            case Rename(_, _, var from, var to, _) -> List.of(from, to);
            case Exchange exchange -> List.of(exchange.first(), exchange.second());
            case TrashFile(_, var path, _) -> List.of(path);
            case RemoveDirectory(_, var path, _) -> List.of(path);
            case SetAside aside -> List.of(aside.from(), aside.to());
        };
    }

    /** The names that something has only after it was done. */
    default List<LocalPath> results() {
        return switch (this) {
            case MakeDirectory(_, _, var path) -> List.of(path);
            case PlaceFile(_, _, _, var path, _) -> List.of(path);
            case PlaceLink(_, _, _, var path) -> List.of(path);
            case Rename(_, _, _, var to, _) -> List.of(to);
            case Exchange exchange -> List.of(exchange.first(), exchange.second());
            case SetAside aside -> List.of(aside.to());
            case ReplaceFile _, ReplaceLink _, SetExecutable _, TrashFile _, RemoveDirectory _ ->
                    List.of();
        };
    }

    /** The names that are free after it was done. */
    default List<LocalPath> vacates() {
        return switch (this) {
            case Rename(_, _, var from, _, _) -> List.of(from);
            case SetAside aside -> List.of(aside.from());
            case TrashFile(_, var path, _) -> List.of(path);
            case RemoveDirectory(_, var path, _) -> List.of(path);
            case MakeDirectory _,
                    PlaceFile _,
                    PlaceLink _,
                    ReplaceFile _,
                    ReplaceLink _,
                    SetExecutable _,
                    Exchange _ ->
                    List.of();
        };
    }

    /** Make a directory. */
    record MakeDirectory(Step.Materialise step, long version, LocalPath path) implements DiskTask {
        @Override
        public NodeId id() {
            return step.id();
        }
    }

    /** Give what was fetched its name. */
    sealed interface Placing extends DiskTask {
        @Override
        Step.Materialise step();

        /** The same for another plan. */
        Placing again(Step.Materialise planned, long plannedVersion, LocalPath to);
    }

    /**
     * Give a fetched file its name.
     *
     * @param placed the temporary as it was fetched
     */
    record PlaceFile(
            Step.Materialise step, long version, LocalPath temporary, LocalPath path, Stat placed)
            implements Placing {
        @Override
        public NodeId id() {
            return step.id();
        }

        @Override
        public PlaceFile again(Step.Materialise planned, long plannedVersion, LocalPath to) {
            return new PlaceFile(planned, plannedVersion, temporary, to, placed);
        }
    }

    /**
     * Make a symbolic link.
     *
     * @param target read-only
     */
    record PlaceLink(Step.Materialise step, long version, ByteBuffer target, LocalPath path)
            implements Placing {
        @Override
        public NodeId id() {
            return step.id();
        }

        @Override
        public PlaceLink again(Step.Materialise planned, long plannedVersion, LocalPath to) {
            return new PlaceLink(planned, plannedVersion, target, to);
        }
    }

    /**
     * Put a fetched file in the place of another.
     *
     * @param intent the durable row that explains the temporary after a crash (R6)
     * @param rescue where the displaced file goes if it isn't the expected one
     * @param placed the temporary as it was fetched
     */
    record ReplaceFile(
            Step.Replace step,
            long intent,
            LocalPath temporary,
            LocalPath path,
            Stat expected,
            LocalPath rescue,
            Stat placed)
            implements DiskTask {
        @Override
        public NodeId id() {
            return step.id();
        }
    }

    /** Put a link to {@code target} (read-only) in the place of another. */
    record ReplaceLink(
            Step.Replace step, ByteBuffer target, LocalPath path, Stat expected, LocalPath rescue)
            implements DiskTask {
        @Override
        public NodeId id() {
            return step.id();
        }
    }

    /** Set or clear the executable bit. */
    record SetExecutable(Step.Replace step, LocalPath path, Stat expected, boolean executable)
            implements DiskTask {
        @Override
        public NodeId id() {
            return step.id();
        }
    }

    /**
     * Rename.
     *
     * @param intent the durable row that tells the moved file from an edited one after a crash
     */
    record Rename(Step.Move step, long intent, LocalPath from, LocalPath to, Stat expected)
            implements DiskTask {
        @Override
        public NodeId id() {
            return step.id();
        }
    }

    /**
     * Exchange two names.
     *
     * @param firstIntent as {@link Rename#intent}, for the first node
     */
    record Exchange(
            Step.Exchange step,
            long firstIntent,
            long secondIntent,
            LocalPath first,
            Stat expectedFirst,
            LocalPath second,
            Stat expectedSecond)
            implements DiskTask {
        @Override
        public NodeId id() {
            return step.first().id();
        }
    }

    /** Move a file or link to the trash. */
    record TrashFile(Step.Trash step, LocalPath path, Stat expected) implements DiskTask {
        @Override
        public NodeId id() {
            return step.id();
        }
    }

    /** Remove an empty directory. */
    record RemoveDirectory(Step.Trash step, LocalPath path, Stat expected) implements DiskTask {
        @Override
        public NodeId id() {
            return step.id();
        }
    }

    /**
     * Give the losing side of a conflict its new name.
     *
     * @param intent the durable row that names its new identity (R12)
     */
    record SetAside(
            Step.SetAside step,
            long intent,
            NodeId copy,
            LocalPath from,
            LocalPath to,
            Stat expected)
            implements DiskTask {
        @Override
        public NodeId id() {
            return step.id();
        }
    }
}
