package io.syncline.system.bench.functions;

import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How fast the body that asks which blocks are missing is read. */
@State(Scope.Thread)
@Items(value = "hashes", against = "read", naive = "a line of hexadecimal digits for each")
public class HashLists {
    @Param("8192")
    int size;

    private byte[] body = {};
    private byte[] lines = {};

    @Setup
    public void make() {
        List<Hash> hashes = Inputs.hashes(size);
        body = Hashes.toBytes(hashes);
        lines =
                hashes.stream()
                        .map(Hash::toHex)
                        .collect(Collectors.joining("\n"))
                        .getBytes(StandardCharsets.US_ASCII);
    }

    @Benchmark
    public List<Hash> read() {
        return Hashes.fromBytes(body, size);
    }

    @Benchmark
    public List<Hash> naive() {
        return new String(lines, StandardCharsets.US_ASCII).lines().map(Hash::parse).toList();
    }
}
