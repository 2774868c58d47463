package io.syncline.storage.block.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.PackHeader;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameCheck;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScanResult;
import io.syncline.storage.block.ScannedFrame;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Packs as byte arrays; a full one is 1 MiB. Nothing survives the process. */
public final class MemoryBlockStore implements BlockStore {
    private static final int PACK_BYTES_MAX = 1 << 20;

    private final RandomGenerator random;
    private final FrameCheck check = new FrameCheck();
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<ProjectId, Map<PackId, byte[]>> packs =
            new TreeMap<>(Comparator.comparing(ProjectId::value));

    @GuardedBy("lock")
    private final Set<PackId> retired = new HashSet<>();

    @GuardedBy("lock")
    private boolean closed;

    /** An empty store that takes the ids of packs from this source. */
    public MemoryBlockStore(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public List<FrameLocation> append(ProjectId project, List<ByteBuffer> frames) {
        if (frames.isEmpty() || frames.size() > FRAMES_MAX) {
            throw SynclineException.invalid("an append has 1.." + FRAMES_MAX + " frames");
        }
        frames.forEach(FrameCheck::form);
        lock.lock();
        try {
            checkOpen();
            Map<PackId, byte[]> ofProject = packs.computeIfAbsent(project, _ -> new TreeMap<>());
            Map<PackId, byte[]> open = new TreeMap<>(ofProject);
            open.keySet().removeAll(retired);
            PackId pack =
                    open.entrySet().stream()
                            .filter(entry -> entry.getValue().length < PACK_BYTES_MAX)
                            .map(Map.Entry::getKey)
                            .findFirst()
                            .orElseGet(() -> new PackId(RandomId.next(random)));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(
                    ofProject.getOrDefault(
                            pack, new PackHeader(project, 1, Instant.EPOCH).toBytes().array()));
            List<FrameLocation> locations = new ArrayList<>();
            for (ByteBuffer frame : frames) {
                byte[] copy = new byte[frame.remaining()];
                frame.duplicate().get(copy);
                locations.add(new FrameLocation(pack, bytes.size(), copy.length));
                bytes.writeBytes(copy);
            }
            ofProject.put(pack, bytes.toByteArray());
            return locations;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<ByteBuffer> read(ProjectId project, List<FrameRequest> requests) {
        List<ByteBuffer> frames = new ArrayList<>();
        for (FrameRequest request : requests) {
            FrameLocation location = request.location();
            byte[] pack =
                    bytes(project, location.pack())
                            .filter(bytes ->
                                    location.offsetBytes() + location.lengthBytes() <= bytes.length)
                            .orElseThrow(
                                    () -> FrameCheck.corrupt(request, "no pack has such bytes"));
            ByteBuffer frame =
                    ByteBuffer.wrap(pack)
                            .slice((int) location.offsetBytes(), location.lengthBytes());
            frames.add(check.verified(request, frame));
        }
        return frames;
    }

    /** A pack's own bytes; a test may damage them. */
    Optional<byte[]> bytes(ProjectId project, PackId pack) {
        lock.lock();
        try {
            checkOpen();
            return Optional.ofNullable(packs.getOrDefault(project, Map.of()).get(pack));
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void checkOpen() {
        if (closed) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the block store is closed");
        }
    }

    @Override
    public List<PackId> packs(ProjectId project) {
        lock.lock();
        try {
            checkOpen();
            return List.copyOf(packs.getOrDefault(project, Map.of()).keySet());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<ProjectId> projects() {
        lock.lock();
        try {
            checkOpen();
            return packs.entrySet().stream()
                    .filter(entry -> !entry.getValue().isEmpty())
                    .map(Map.Entry::getKey)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ScanResult scan(ProjectId project, PackId pack, Consumer<ScannedFrame> visitor) {
        byte[] bytes =
                bytes(project, pack)
                        .orElseThrow(
                                () -> SynclineException.corrupt("pack " + pack + " is missing"));
        return check.scan(
                pack,
                (offset, into) -> {
                    int length =
                            (int) Math.clamp(bytes.length - offset, 0L, (long) into.remaining());
                    into.put(bytes, (int) Math.min(offset, bytes.length), length);
                    return length;
                },
                project,
                visitor);
    }

    @Override
    public Optional<Kept> kept(ProjectId project, PackId pack) {
        return bytes(project, pack).map(bytes -> new Kept(bytes.length, isFilling(pack, bytes)));
    }

    private boolean isFilling(PackId pack, byte[] bytes) {
        lock.lock();
        try {
            return bytes.length < PACK_BYTES_MAX && !retired.contains(pack);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void retire(ProjectId project, PackId pack) {
        lock.lock();
        try {
            checkOpen();
            if (packs.getOrDefault(project, Map.of()).containsKey(pack)) {
                retired.add(pack);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean delete(ProjectId project, PackId pack) {
        lock.lock();
        try {
            checkOpen();
            retired.remove(pack);
            return packs.getOrDefault(project, new TreeMap<>()).remove(pack) != null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                check.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
