package io.syncline.system.bench.functions;

import io.syncline.core.name.FileSystemTraits;
import io.syncline.core.name.LocalName;
import io.syncline.core.name.LocalNames;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** How fast the names of a directory are spelt for Windows; one in ten can't stay as it is. */
@State(Scope.Thread)
@Items("names")
public class LocalNaming {
    @Param("1000")
    int size;

    private final LocalNames names = new LocalNames(FileSystemTraits.WINDOWS);
    private final Map<NodeId, Name> siblings = new HashMap<>();

    @Setup
    public void make() {
        for (int i = 1; i <= size; i++) {
            String name = (i % 10 == 0 ? "a: file? %05d.txt" : "some file %05d.txt").formatted(i);
            siblings.put(new NodeId(i), new Name(name));
        }
    }

    @Benchmark
    public Map<NodeId, LocalName> assign() {
        return names.assign(siblings, List.of());
    }

    @Benchmark
    public void encode(Blackhole spelt) {
        siblings.values().forEach(name -> spelt.consume(names.encode(name, 0)));
    }
}
