package io.syncline.system.sim;

import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Stat;
import io.syncline.client.disk.memory.FileState;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.Observed;
import io.syncline.client.state.StateStore;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is on a device's disk, held against what its client has agreed on with the server. */
final class AgreedDisk {
    /** Longer than a watcher is late, and than what is written over and over is waited for. */
    private static final long CALM_NANOS = Duration.ofSeconds(30).toNanos();

    private static final int PAGE = 1_000;

    private final Kernel kernel;
    private final SimulatedDevice device;

    /** What files hold, by the SHA-256 of all their bytes. */
    private final Map<Hash, Content> contents = new HashMap<>();

    /** How often the device was disturbed when it was last found to be as agreed. */
    private long checked = -1;

    AgreedDisk(Kernel kernel, SimulatedDevice device) {
        this.kernel = kernel;
        this.device = device;
    }

    /**
     * Who says that it is in step and tells of no problem, where nobody has touched anything for
     * half a minute, holds what is agreed on.
     *
     * @throws Violation "in step" where it doesn't
     */
    void check() {
        boolean isCalm =
                device.isInStep()
                        && device.status().orElseThrow().problems().isEmpty()
                        && device.isSound()
                        && kernel.nanos() - device.disturbedNanos() >= CALM_NANOS;
        if (isCalm && checked != device.disturbances()) {
            checked = device.disturbances();
            different(false)
                    .ifPresent(why -> {
                        throw new Violation(
                                "in step", device.name() + " says that it is in step; " + why);
                    });
        }
    }

    /** Whether the disk holds what is agreed on, as it was seen, and nothing else. */
    boolean isExact() {
        return different(true).isEmpty();
    }

    /**
     * What differs; where something is still to be sent or done, that.
     *
     * @param exactly whether files must not have been touched since, even if they hold the same
     */
    private Optional<String> different(boolean exactly) {
        StateStore state = device.state();
        if (state.localCount() > 0 || !state.intents().isEmpty()) {
            return exactly ? Optional.of("something is to be sent or done") : Optional.empty();
        }
        Map<NodeId, Map<String, Agreed>> rows = new HashMap<>();
        int count = 0;
        for (List<Agreed> page = state.agreedAfter(StateStore.FIRST, PAGE);
                !page.isEmpty();
                page = state.agreedAfter(page.getLast().id(), PAGE)) {
            for (Agreed row : page) {
                Optional<Observed> seen = row.observed();
                if (seen.isPresent()) {
                    rows.computeIfAbsent(row.place().parent(), _ -> new HashMap<>())
                            .put(seen.get().localName(), row);
                    count++;
                }
            }
        }
        Set<String> ignored = device.ignored();
        List<FileState> entries =
                device.entries().stream().filter(entry -> !entry.path().isControl()).toList();
        List<LocalPath> unknown =
                entries.stream()
                        .map(FileState::path)
                        .filter(path -> path.names().stream().anyMatch(ignored::contains))
                        .toList();
        for (FileState entry : entries) {
            if (unknown.contains(entry.path())) {
                continue;
            }
            if (isAgreed(entry, rows, exactly)) {
                count--;
            } else if (unknown.stream().noneMatch(path -> path.startsWith(entry.path()))) {
                return Optional.of(entry.path() + " isn't what is agreed on");
            }
        }
        return count == 0 ? Optional.empty() : Optional.of(count + " agreed nodes aren't there");
    }

    private boolean isAgreed(
            FileState entry, Map<NodeId, Map<String, Agreed>> rows, boolean exactly) {
        NodeId at = NodeId.ROOT;
        Agreed row = null;
        for (String name : entry.path().names()) {
            // What a disk has made of a name is no difference, but it isn't what was given either.
            String listed = exactly ? name : device.asListed(name);
            row = rows.getOrDefault(at, Map.of()).get(listed);
            if (row == null) {
                return false;
            }
            at = row.id();
        }
        if (row == null) {
            return false;
        }
        Stat then = row.observed().orElseThrow().stat();
        boolean isSame =
                exactly
                        ? entry.stat().unchangedSince(then)
                        : entry.stat().isDirectory() == row.item().kind().equals(Kind.DIRECTORY);
        return isSame
                && (entry.stat().kind() != FileKind.FILE
                        || row.item().content().equals(Optional.of(content(entry))));
    }

    private Content content(FileState file) {
        return contents.computeIfAbsent(
                file.content(), _ -> Saved.content(device.bytes(file.path())));
    }
}
