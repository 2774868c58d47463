package io.syncline.client.disk;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.name.FileSystemTraits;
import io.syncline.core.name.FileSystemTraits.Composition;
import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * How directories tell names apart (R30), found by asking for an entry under another spelling. Case
 * is asked of a probe that is made and removed (in the root, of {@code .syncline}); normalisation
 * of the root's file system only, and a directory that ignores case is taken to ignore it as well
 * (as casefolded ext4 directories do).
 */
final class NameProbe {
    /** How many directories are remembered. */
    private static final int MAX_CACHED = 10_000;

    /** Tries to remove a probe from a disk that fails now and then. */
    private static final int REMOVALS_MAX = 5;

    /** The longest name that any of the usual file systems has, in its own units. */
    private static final int UNITS_MAX = 255;

    private final Calls calls;
    private final Supplier<LocalPath> fresh;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<FileIdentity, NameTraits> cache =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<FileIdentity, NameTraits> eldest) {
                    return size() > MAX_CACHED;
                }
            };

    private volatile Optional<Boolean> rootNormalisationSensitive = Optional.empty();

    NameProbe(Calls calls, Supplier<LocalPath> fresh) {
        this.calls = calls;
        this.fresh = fresh;
    }

    NameTraits traits(LocalPath directory) {
        FileIdentity identity = calls.stat(directory).orThrow(directory).identity();
        lock.lock();
        try {
            NameTraits known = cache.get(identity);
            if (known != null) {
                return known;
            }
        } finally {
            lock.unlock();
        }
        boolean caseSensitive = isCaseSensitive(directory);
        var probed = new NameTraits(caseSensitive, caseSensitive && isNormalisationSensitive());
        lock.lock();
        try {
            cache.put(identity, probed);
        } finally {
            lock.unlock();
        }
        return probed;
    }

    /** What the root's file system can hold and tell apart; one file is made and removed. */
    FileSystemTraits spelling() {
        boolean caseSensitive = isCaseSensitive(LocalPath.ROOT);
        String name = fresh.get().name() + "\u00e9";
        LocalPath probe = LocalPath.TEMPORARIES.child(name);
        LocalPath plain = LocalPath.TEMPORARIES.child(name + "-");
        LocalPath odd = LocalPath.TEMPORARIES.child(name + "?");
        calls.create(probe).orThrow(probe).close();
        try {
            Composition composition = composition(name);
            // Where the one rename works, the other one is refused for its name.
            boolean windows =
                    calls.renameNoReplace(probe, plain).isEmpty()
                            && calls.renameNoReplace(plain, odd)
                                    .filter(Outcome.Unsupported.class::isInstance)
                                    .isPresent();
            return new FileSystemTraits(
                    caseSensitive,
                    composition,
                    windows,
                    windows || composition == Composition.CHANGED
                            ? FileSystemTraits.Unit.UTF_16
                            : FileSystemTraits.Unit.BYTE,
                    UNITS_MAX);
        } finally {
            List.of(probe, plain, odd).forEach(this::remove);
        }
    }

    /** What can't be removed now goes at the next start, with other temporaries. */
    private void remove(LocalPath probe) {
        for (int i = 0; i < REMOVALS_MAX; i++) {
            Optional<Outcome.Refused> refused = calls.unlink(probe);
            if (refused.isEmpty() || refused.get() instanceof Outcome.Missing) {
                return;
            }
        }
    }

    private Composition composition(String name) {
        String other = Normalizer.normalize(name, Normalizer.Form.NFD);
        boolean changed =
                calls.list(LocalPath.TEMPORARIES)
                        .orThrow(LocalPath.TEMPORARIES)
                        .entries()
                        .stream()
                        .anyMatch(entry -> entry.name().equals(other));
        if (changed) {
            return Composition.CHANGED;
        }
        return isSpeltTwice(
                        LocalPath.TEMPORARIES.child(name), LocalPath.TEMPORARIES.child(other))
                ? Composition.EQUAL
                : Composition.DISTINCT;
    }

    private boolean isCaseSensitive(LocalPath directory) {
        if (directory.isRoot()) {
            return !isSpeltTwice(
                    LocalPath.of(LocalPath.CONTROL_NAME),
                    LocalPath.of(upper(LocalPath.CONTROL_NAME)));
        }
        LocalPath probe = directory.child(".syncline-" + fresh.get().name() + ".tmp");
        Look<WriteHandle> made = calls.create(probe);
        if (made instanceof Look.Found<WriteHandle>(WriteHandle handle)) {
            handle.close();
            try {
                return !isSpeltTwice(probe, directory.child(upper(probe.name())));
            } finally {
                calls.unlink(probe);
            }
        }
        // It can't be written to, so nothing will be made in it either.
        return true;
    }

    private boolean isNormalisationSensitive() {
        Optional<Boolean> known = rootNormalisationSensitive;
        if (known.isPresent()) {
            return known.get();
        }
        String name = fresh.get().name() + "\u00e9";
        LocalPath composed = LocalPath.TEMPORARIES.child(name);
        LocalPath decomposed =
                LocalPath.TEMPORARIES.child(Normalizer.normalize(name, Normalizer.Form.NFD));
        calls.create(composed).orThrow(composed).close();
        try {
            boolean sensitive = !isSpeltTwice(composed, decomposed);
            rootNormalisationSensitive = Optional.of(sensitive);
            return sensitive;
        } finally {
            calls.unlink(composed);
        }
    }

    private boolean isSpeltTwice(LocalPath a, LocalPath b) {
        Optional<FileIdentity> identity = calls.stat(a).found().map(Stat::identity);
        return identity.isPresent() && calls.stat(b).found().map(Stat::identity).equals(identity);
    }

    private static String upper(String name) {
        return name.toUpperCase(java.util.Locale.ROOT);
    }
}
