package io.syncline.core.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.TreeDigest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of a server that is backed up, restored in order, taken back unawares and
 * compacted, and readers of all its lines: what each verdict promises is compared with what really
 * was read. A failure names its seed.
 */
final class LineageTest {
    private static final ProjectId PROJECT = new ProjectId("0".repeat(32));

    /** A server: which change has which sequence is the whole truth. */
    private static final class Model implements Lineage.History {
        private final ProofKey key;
        private Epoch epoch;
        private long head;
        private long floor;
        private NavigableMap<Long, String> changes = new TreeMap<>();
        private Map<Long, TreeDigest> digests = new HashMap<>();
        private Map<Epoch, Ancestor> ancestors = new HashMap<>();

        Model(ProofKey key, Epoch epoch) {
            this.key = key;
            this.epoch = epoch;
            digests.put(0L, TreeDigest.EMPTY);
        }

        Model(Model from) {
            this(from.key, from.epoch);
            head = from.head;
            floor = from.floor;
            changes = new TreeMap<>(from.changes);
            digests = new HashMap<>(from.digests);
            ancestors = new HashMap<>(from.ancestors);
        }

        void commit(List<String> ids) {
            for (String id : ids) {
                changes.put(++head, id);
            }
            digests.put(head, digest());
        }

        private TreeDigest digest() {
            if (changes.isEmpty()) {
                return TreeDigest.EMPTY;
            }
            return new TreeDigest(
                    Hash.sha256(changes.values().toString().getBytes(StandardCharsets.UTF_8)));
        }

        void startEpoch(Epoch next, long highestUsed, boolean announced) {
            ancestors.put(epoch, new Ancestor(epoch, head, announced ? head : 0));
            head = Lineage.epochStart(highestUsed);
            epoch = next;
            digests.put(head, digest());
        }

        void raiseFloor(long to) {
            floor = to;
            digests.keySet().removeIf(sequence -> sequence < to && sequence != 0);
        }

        Proof proof() {
            return key.sign(PROJECT, new Cursor(epoch, head), digest());
        }

        @Override
        public Epoch epoch() {
            return epoch;
        }

        @Override
        public long head() {
            return head;
        }

        @Override
        public long floor() {
            return floor;
        }

        @Override
        public Optional<TreeDigest> digestAt(long sequence) {
            return Optional.ofNullable(digests.get(sequence));
        }

        @Override
        public Optional<Ancestor> ancestor(Epoch asked) {
            return Optional.ofNullable(ancestors.get(asked));
        }

        @Override
        public boolean signed(Proof proof) {
            return key.signed(PROJECT, proof);
        }
    }

    /** What a reader read, and the proof of it. */
    private record Reader(Proof proof, SortedMap<Long, String> read) {}

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("R2 R3 R4 in random histories every verdict holds what it promises")
    void verdictsHold(long seed) {
        // After it went back unawares, a fork that the server remembers may be one of another line.
        boolean unawares = seed % 2 == 0;
        Random random = new Random(seed);
        byte[] secret = new byte[ProofKey.BYTES];
        random.nextBytes(secret);
        Model server = new Model(new ProofKey(secret), new Epoch(RandomId.next(random)));
        List<Model> backups = new ArrayList<>(List.of(new Model(server)));
        List<Reader> readers = new ArrayList<>();
        int changes = 0;
        int continued = 0;
        int rolledBack = 0;
        int shared = 0;
        for (int step = 0; step < 4_000; step++) {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> {
                    List<String> ids = new ArrayList<>();
                    for (int i = 0; i <= random.nextInt(3); i++) {
                        ids.add("change " + changes++);
                    }
                    server.commit(ids);
                }
                case 4, 5 ->
                        readers.add(new Reader(server.proof(), new TreeMap<>(server.changes)));
                case 6 -> backups.add(new Model(server));
                case 7 -> {
                    if (random.nextInt(8) == 0) {
                        server = new Model(backups.get(random.nextInt(backups.size())));
                        server.startEpoch(new Epoch(RandomId.next(random)), server.head, true);
                    }
                }
                case 8 -> {
                    if (unawares && random.nextInt(8) == 0) {
                        server = new Model(backups.get(random.nextInt(backups.size())));
                    }
                }
                case 9 -> {
                    if (random.nextInt(10) == 0) {
                        server.raiseFloor(server.head);
                    }
                }
                default -> {
                    if (!readers.isEmpty()) {
                        Reader reader = readers.get(random.nextInt(readers.size()));
                        Proof proof = reader.proof();
                        Verdict verdict =
                                Lineage.judge(server, Optional.of(proof), proof.sequence());
                        switch (verdict) {
                            case Verdict.Continues _ -> {
                                continued++;
                                assertPrefix(server, reader, proof.sequence());
                            }
                            case Verdict.Expired(Resync mode, long fork) -> {
                                shared += fork > 0 || mode == Resync.RECONCILE ? 1 : 0;
                                if (!unawares) {
                                    assertPrefix(
                                            server,
                                            reader,
                                            mode == Resync.RECONCILE ? proof.sequence() : fork);
                                }
                            }
                            case Verdict.RolledBack _ -> {
                                rolledBack++;
                                assertThat(upTo(server.changes, proof.sequence()))
                                        .as("the server has lost something")
                                        .isNotEqualTo(reader.read());
                                long used = Math.max(server.head, proof.sequence());
                                server.startEpoch(
                                        new Epoch(RandomId.next(random)), used, false);
                                assertThat(server.head).isGreaterThan(used);
                                assertThat(
                                                Lineage.judge(
                                                        server,
                                                        Optional.of(proof),
                                                        proof.sequence()))
                                        .as("once is enough")
                                        .isEqualTo(new Verdict.Expired(Resync.UNION, 0));
                            }
                        }
                    }
                }
            }
        }
        // Each way was gone, or the test would prove nothing.
        assertThat(List.of(continued, shared, unawares ? rolledBack : continued))
                .allMatch(count -> count > 3);
    }

    private static SortedMap<Long, String> upTo(NavigableMap<Long, String> changes, long sequence) {
        return changes.headMap(sequence, true);
    }

    /** What both have up to there is the same. */
    private static void assertPrefix(Model server, Reader reader, long sequence) {
        assertThat(upTo(server.changes, sequence))
                .isEqualTo(new TreeMap<>(reader.read()).headMap(sequence, true));
    }

    @Test
    @DisplayName("R2 without a valid signature nothing is ever taken for rolled back")
    void forgeriesForceNothing() {
        Random random = new Random(4);
        Model server = new Model(new ProofKey(new byte[ProofKey.BYTES]), new Epoch("a".repeat(32)));
        server.commit(List.of("x", "y"));
        server.startEpoch(new Epoch("b".repeat(32)), server.head, true);
        server.commit(List.of("z"));
        List<String> epochs = List.of("a".repeat(32), "b".repeat(32), "c".repeat(32));
        for (int i = 0; i < 2_000; i++) {
            long sequence = random.nextLong(Node.MAX_SEQUENCE) >> random.nextInt(53);
            Proof forged =
                    new Proof(
                            new Cursor(new Epoch(epochs.get(i % 3)), sequence),
                            random.nextBoolean() ? server.digest() : TreeDigest.EMPTY,
                            RandomId.next(random));

            assertThat(Lineage.judge(server, Optional.of(forged), random.nextLong(sequence + 1)))
                    .as("%s", forged)
                    .isNotInstanceOf(Verdict.RolledBack.class);
        }
    }

    @Test
    @DisplayName("R2 what was read beyond the proof isn't proven")
    void readingBeyondTheProof() {
        Model server = new Model(new ProofKey(new byte[ProofKey.BYTES]), new Epoch("a".repeat(32)));
        server.commit(List.of("x"));
        Proof proof = server.proof();
        server.commit(List.of("y"));

        assertThat(Lineage.judge(server, Optional.of(proof), 1))
                .isEqualTo(new Verdict.Continues());
        assertThat(Lineage.judge(server, Optional.of(proof), 2))
                .isEqualTo(new Verdict.Expired(Resync.UNION, 0));
        assertThat(Lineage.judge(server, Optional.empty(), 1))
                .isEqualTo(new Verdict.Expired(Resync.UNION, 0));
        assertThat(Lineage.judge(server, Optional.empty(), 0))
                .isEqualTo(new Verdict.Continues());
    }

    @Test
    @DisplayName("R3 an epoch begins at the next multiple of 2^32, below 2^53")
    void epochStarts() {
        assertThat(Lineage.epochStart(0)).isEqualTo(1L << 32);
        assertThat(Lineage.epochStart((1L << 32) - 1)).isEqualTo(1L << 32);
        assertThat(Lineage.epochStart(1L << 32)).isEqualTo(2L << 32);
        assertThatThrownBy(() -> Lineage.epochStart(Node.MAX_SEQUENCE))
                .isInstanceOf(IllegalStateException.class);
    }
}
