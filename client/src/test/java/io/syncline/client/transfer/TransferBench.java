package io.syncline.client.transfer;

import io.syncline.client.api.FakeServer;
import io.syncline.client.api.ServerApi;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.core.block.CutParameters;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A real folder with a fake server: what every test of transfers begins with. */
final class TransferBench implements AutoCloseable {
    final Path root;
    final Disk disk;
    final FakeServer server = new FakeServer(1);
    final MemoryPartials partials = new MemoryPartials();
    final ServerApi api = server.asDevice(server.newDevice());

    TransferBench(Path root) {
        this.root = root;
        this.disk = Disks.open(root, InstantSource.system(), new Random(5));
    }

    /** Bytes that depend on the seed alone and don't compress. */
    static byte[] bytes(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    LocalPath write(String path, byte[] bytes) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return LocalPath.parse(path);
    }

    byte[] read(LocalPath path) {
        try {
            return Files.readAllBytes(root.resolve(path.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    BlockTransfers transfers() {
        return transfers(api);
    }

    BlockTransfers transfers(ServerApi through) {
        return transfers(through, disk);
    }

    BlockTransfers transfers(ServerApi through, Disk on) {
        return transfers(through, on, CutParameters.FORMAT_1);
    }

    /** With other cuts, so that a small file has as many blocks as a large one. */
    BlockTransfers transfers(ServerApi through, CutParameters cut) {
        return transfers(through, disk, cut);
    }

    private BlockTransfers transfers(ServerApi through, Disk on, CutParameters cut) {
        return new BlockTransfers(
                through, server.project(), on, cut, partials, InstantSource.system());
    }

    static List<Outgoing> outgoing(List<LocalPath> paths) {
        List<Outgoing> files = new ArrayList<>();
        for (LocalPath path : paths) {
            files.add(new Outgoing(new NodeId(files.size() + 1L), path, 0));
        }
        return files;
    }

    Map<LocalPath, Sent> send(LocalPath... paths) {
        return send(transfers(), List.of(paths));
    }

    static Map<LocalPath, Sent> send(Transfers transfers, List<LocalPath> paths) {
        Map<LocalPath, Sent> results = Collections.synchronizedMap(new LinkedHashMap<>());
        transfers.send(
                outgoing(paths),
                sent -> {
                    if (results.put(sent.file().path(), sent) != null) {
                        throw new AssertionError("answered twice: " + sent);
                    }
                },
                Progress.Listener.NONE);
        return results;
    }

    /** The content of a file that was sent. */
    static Content content(Map<LocalPath, Sent> results, LocalPath path) {
        Sent sent = results.get(path);
        if (sent instanceof Sent.Done done && done.steady()) {
            return done.content();
        }
        throw new AssertionError("not sent: " + path + ": " + sent);
    }

    static Incoming incoming(long node, Content content, LocalPath... sources) {
        return new Incoming(
                new NodeId(node),
                Item.file(content, false, 1_700_000_000_123_456_789L),
                LocalPath.of("target-" + node),
                List.of(sources));
    }

    static Map<NodeId, Fetched> fetch(Transfers transfers, List<Incoming> files) {
        Map<NodeId, Fetched> results = Collections.synchronizedMap(new LinkedHashMap<>());
        transfers.fetch(
                files,
                fetched -> {
                    if (results.put(fetched.file().node(), fetched) != null) {
                        throw new AssertionError("answered twice: " + fetched);
                    }
                },
                Progress.Listener.NONE);
        return results;
    }

    @Override
    public void close() {
        disk.close();
    }
}
