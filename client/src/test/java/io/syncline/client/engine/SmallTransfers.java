package io.syncline.client.engine;

import io.syncline.client.api.FakeServer;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Look;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.ReadHandle;
import io.syncline.client.disk.Stat;
import io.syncline.client.disk.WriteHandle;
import io.syncline.client.transfer.Fetched;
import io.syncline.client.transfer.Incoming;
import io.syncline.client.transfer.Outgoing;
import io.syncline.client.transfer.Progress;
import io.syncline.client.transfer.Sent;
import io.syncline.client.transfer.Transfers;
import io.syncline.core.block.Block;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Kind;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Transfers of files of one block each, on the calling thread, straight with a fake server. */
final class SmallTransfers implements Transfers {
    private final Disk disk;
    private final FakeServer server;

    SmallTransfers(Disk disk, FakeServer server) {
        this.disk = disk;
        this.server = server;
    }

    @Override
    public void describe(List<Outgoing> files, Consumer<Sent> results, Progress.Listener progress) {
        files.forEach(file -> results.accept(read(file, false)));
    }

    @Override
    public void send(List<Outgoing> files, Consumer<Sent> results, Progress.Listener progress) {
        files.forEach(file -> results.accept(read(file, true)));
    }

    private Sent read(Outgoing file, boolean send) {
        Look<Stat> look = disk.stat(file.path());
        if (look instanceof Look.Not<Stat>(Outcome.Refused why)) {
            return new Sent.Unread(file, why);
        }
        Stat before = look.orThrow(file.path());
        byte[] bytes;
        Stat after = before;
        switch (before.kind()) {
            case SYMLINK -> {
                Look<byte[]> target = disk.readLink(file.path());
                if (target instanceof Look.Not<byte[]>(Outcome.Refused why)) {
                    return new Sent.Unread(file, why);
                }
                bytes = target.orThrow(file.path());
            }
            case FILE -> {
                Look<ReadHandle> open = disk.open(file.path());
                if (open instanceof Look.Not<ReadHandle>(Outcome.Refused why)) {
                    return new Sent.Unread(file, why);
                }
                try (ReadHandle handle = open.orThrow(file.path())) {
                    var buffer = ByteBuffer.allocate((int) handle.stat().sizeBytes());
                    while (buffer.hasRemaining() && handle.read(buffer, buffer.position()) > 0) {}
                    bytes = buffer.array();
                    after = handle.stat();
                }
            }
            default -> {
                return new Sent.Unread(file, new Outcome.Unsupported("no file"));
            }
        }
        Content content = Content.EMPTY;
        if (bytes.length > 0) {
            var block = new Block(Hash.sha256(bytes), 0, ByteBuffer.wrap(bytes));
            content = new Content(0, block.hash(), bytes.length);
            if (send) {
                server.blocks().store(block);
            }
        }
        return new Sent.Done(file, content, before, after);
    }

    @Override
    public void fetch(List<Incoming> files, Consumer<Fetched> results, Progress.Listener progress) {
        files.forEach(file -> results.accept(fetch(file)));
    }

    private Fetched fetch(Incoming file) {
        Content content = file.item().content().orElseThrow();
        byte[] bytes = new byte[0];
        if (!content.isEmpty()) {
            if (!server.blocks().holds(content.hash())) {
                return new Fetched.Unavailable(file, List.of(content.hash()));
            }
            ByteBuffer stored = server.blocks().block(content.hash()).bytes();
            bytes = new byte[stored.remaining()];
            stored.get(bytes);
        }
        if (file.item().kind().equals(Kind.SYMLINK)) {
            return new Fetched.Link(file, ByteBuffer.wrap(bytes));
        }
        LocalPath path;
        Stat stat;
        try (WriteHandle out = disk.createTemporary().orThrow(LocalPath.TEMPORARIES)) {
            path = out.path();
            out.write(ByteBuffer.wrap(bytes), 0);
            out.setAttributes(file.item().executable(), file.item().mtimeNanos());
            stat = out.stat();
        }
        return new Fetched.Ready(file, path, stat);
    }
}
