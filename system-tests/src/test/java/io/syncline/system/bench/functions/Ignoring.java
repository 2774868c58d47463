package io.syncline.system.bench.functions;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.ignore.IgnoreRules;
import io.syncline.client.ignore.Ignores;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How fast names are matched against eight rules; one in ten is ignored. */
@State(Scope.Thread)
@Items(
        value = "names",
        against = "match",
        naive = "the JDK's glob matchers, one rule after another")
public class Ignoring {
    private static final List<String> RULES =
            List.of("*.o", "*.class", "*.log", "*~", ".cache", "node_modules", "target", "*.tmp");

    @Param("1000")
    int size;

    private final List<String> names = new ArrayList<>();
    private final List<PathMatcher> matchers = new ArrayList<>();
    private IgnoreRules rules = IgnoreRules.NONE;

    @Setup
    public void make() throws IOException {
        Path root = Files.createTempDirectory("ignoring");
        try (Disk disk = Disks.open(root, InstantSource.system(), Inputs.random())) {
            Files.write(root.resolve(Ignores.FILE_NAME), RULES);
            rules = new Ignores(disk).in(LocalPath.ROOT);
        } finally {
            remove(root);
        }
        RULES.forEach(
                rule -> matchers.add(FileSystems.getDefault().getPathMatcher("glob:" + rule)));
        for (int i = 0; i < size; i++) {
            names.add("some file %05d.%s".formatted(i, i % 10 == 0 ? "tmp" : "txt"));
        }
    }

    private static void remove(Path root) throws IOException {
        try (var all = Files.walk(root)) {
            for (Path path : all.toList().reversed()) {
                Files.delete(path);
            }
        }
    }

    @Benchmark
    public int match() {
        int ignored = 0;
        for (String name : names) {
            ignored += rules.ignores(name, false) ? 1 : 0;
        }
        return ignored;
    }

    @Benchmark
    public int naive() {
        int ignored = 0;
        for (String name : names) {
            Path path = Path.of(name);
            ignored += matchers.stream().anyMatch(matcher -> matcher.matches(path)) ? 1 : 0;
        }
        return ignored;
    }
}
