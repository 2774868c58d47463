package io.syncline.server.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.block.BlockHasher;
import io.syncline.core.frame.FrameEncoder;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Role;
import io.syncline.server.verify.Finding.Kind;
import io.syncline.server.verify.VerifyReport.Count;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.metadata.Listing;
import io.syncline.storage.metadata.Listings;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What verifying finds, each fault made through the ports. */
final class VerifierTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final DeviceId DEVICE = new DeviceId("d".repeat(32));

    @TempDir private Path folder;

    private final Random random = new Random(5);
    private final MemoryMetadataStore metadata = new MemoryMetadataStore();
    private PackBlockStore blocks;
    private Project project;
    private Node directory;
    private Node file;

    @BeforeEach
    void fill() {
        blocks = PackBlockStore.open(folder, random, InstantSource.fixed(NOW));
        project =
                metadata.write(write ->
                        write.projects()
                                .add(
                                        new NewProject(
                                                new ProjectId(RandomId.next(random)),
                                                "p",
                                                1,
                                                false,
                                                new Epoch(RandomId.next(random)),
                                                NOW)));
        directory = node(1, 0, "d", 1, Item.DIRECTORY);
        file = node(2, 1, "f", 2, Item.file(stored(1_000), false, 0));
        put(directory, file);
        advance(2, TreeDigest.EMPTY.plus(directory).plus(file), 2);
        metadata.write(write -> {
            write.quotas().addContent(project.key(), 1_000);
            write.members(project.key()).put(new AccountId(RandomId.next(random)), Role.OWNER);
            return true;
        });
    }

    @AfterEach
    void close() {
        blocks.close();
    }

    private static Node node(long id, long parent, String name, long sequence, Item item) {
        return new Node(
                new NodeId(id),
                new Place(new NodeId(parent), new Name(name)),
                item,
                sequence,
                false,
                DEVICE);
    }

    private Content stored(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        Hash hash = new BlockHasher().hash(0, bytes, 0, size);
        ByteBuffer frame;
        try (FrameEncoder encoder = new FrameEncoder()) {
            frame = encoder.encode(hash, 0, bytes, 0, size);
        }
        FrameLocation at = blocks.append(project.id(), List.of(frame)).getFirst();
        metadata.write(write ->
                write.blocks(project.key()).insert(List.of(new NewBlock(hash, at, size, 0)), NOW));
        return new Content(0, hash, size);
    }

    private void put(Node... nodes) {
        metadata.write(write -> {
            write.nodes(project.key())
                    .put(
                            List.of(nodes).stream()
                                    .map(node -> new Version(node, Version.Action.CREATE, NOW))
                                    .toList());
            return true;
        });
    }

    private void advance(long head, TreeDigest digest, long nodes) {
        metadata.write(write -> {
            write.projects().advance(project.key(), head, digest, nodes, NOW);
            return true;
        });
    }

    @Test
    @DisplayName(
            "history that a clock ran ahead of and let go isn't missed when the clock is right")
    void historyTrimmedByAClockAheadIsSound() {
        Node changed = node(1, 0, "d", 3, Item.DIRECTORY);
        Node changedAgain = node(1, 0, "d", 4, Item.DIRECTORY);
        put(changed);
        advance(3, TreeDigest.EMPTY.plus(changed).plus(file), 2);
        put(changedAgain);
        advance(4, TreeDigest.EMPTY.plus(changedAgain).plus(file), 2);

        metadata.write(
                write -> write.history(project.key()).trim(NOW.plus(Duration.ofDays(40)), 10));

        assertThat(found()).isEmpty();
    }

    private VerifyReport verify(boolean quick, boolean repair) {
        return verify(metadata, quick, repair);
    }

    private VerifyReport verify(MetadataStore store, boolean quick, boolean repair) {
        return new Verifier(store, blocks, blocks, InstantSource.fixed(NOW))
                .run(
                        new Verifier.Wishes(Optional.empty(), quick, repair, 2),
                        (_, done, _, _) -> assertThat(done).isNotNegative());
    }

    private Set<Kind> found() {
        assertThat(verify(true, false).kinds()).isSubsetOf(verify(false, false).kinds());
        return verify(false, false).kinds();
    }

    private TreeDigest with(Node node) {
        return TreeDigest.EMPTY.plus(directory).plus(file).plus(node);
    }

    @Test
    void whatIsRightIsSound() {
        VerifyReport report = verify(false, false);
        assertThat(report.findings()).isEmpty();
        assertThat(report.count(Count.DAMAGE)).isZero();
        assertThat(
                        List.of(
                                report.count(Count.PROJECTS),
                                report.count(Count.NODES),
                                report.count(Count.VERSIONS),
                                report.count(Count.BLOCKS)))
                .containsExactly(1L, 2L, 2L, 1L);
        assertThat(report.count(Count.PACKS)).isEqualTo(1);
    }

    @Test
    @DisplayName("L6 a digest that isn't that of the nodes")
    void wrongDigest() {
        Node other = node(3, 0, "e", 3, Item.DIRECTORY);
        put(other);
        advance(3, TreeDigest.EMPTY.plus(other), 3);
        assertThat(found()).containsExactly(Kind.DIGEST);
    }

    @Test
    @DisplayName("L1 a sequence above the head")
    void sequenceAboveTheHead() {
        put(node(9, 0, "e", 9, Item.DIRECTORY));
        assertThat(found()).contains(Kind.FEED, Kind.DIGEST, Kind.TREE, Kind.HISTORY);
    }

    @Test
    @DisplayName("L5 a live node below a directory that isn't there")
    void orphan() {
        Node orphan = node(3, 77, "e", 3, Item.DIRECTORY);
        put(orphan);
        advance(3, with(orphan), 3);
        assertThat(found()).containsExactly(Kind.TREE);
        assertThat(verify(true, false).findings().getFirst().text())
                .contains("node 3 (e, version 3)");
    }

    @Test
    @DisplayName("R1 a detached cycle")
    void cycle() {
        Node a = node(3, 4, "a", 3, Item.DIRECTORY);
        Node b = node(4, 3, "b", 4, Item.DIRECTORY);
        put(a, b);
        advance(4, with(a).plus(b), 4);
        assertThat(found()).containsExactly(Kind.TREE);
        assertThat(verify(true, false).findings()).hasSize(2);
    }

    @Test
    @DisplayName("L3 a content that isn't stored")
    void contentLost() {
        Content none = new Content(0, Hash.sha256(new byte[] {1}), 1);
        Node lost = node(3, 0, "lost", 3, Item.file(none, false, 0));
        put(lost);
        advance(3, with(lost), 3);
        metadata.write(write -> {
            write.quotas().addContent(project.key(), 1);
            return true;
        });
        assertThat(found()).containsExactly(Kind.CONTENT_LOST);
    }

    @Test
    void aRowWithoutBytesIsFoundWithItsFiles() {
        blocks.delete(project.id(), blocks.packs(project.id()).getFirst());
        VerifyReport report = verify(true, false);
        assertThat(report.kinds()).containsExactly(Kind.BLOCK_LOST);
        assertThat(report.files()).containsExactly(new VerifyReport.File(project.id(), 2, "d/f"));
    }

    @Test
    void wrongCountsAreFoundAndRepaired() {
        metadata.write(write -> {
            write.quotas().addContent(project.key(), 17);
            return true;
        });
        assertThat(found()).containsExactly(Kind.COUNT);
        VerifyReport repaired = verify(true, true);
        assertThat(repaired.count(Count.REPAIRED)).isEqualTo(1);
        assertThat(repaired.count(Count.DAMAGE)).isZero();
        assertThat(verify(false, false).findings()).isEmpty();
    }

    /** The same, but that the listing of that directory says this. */
    private MetadataStore saying(NodeId of, Listing wrong) {
        return (MetadataStore)
                forwarding(
                        MetadataStore.class,
                        metadata,
                        (method, arguments, result) -> result,
                        read ->
                                forwarding(
                                        ReadTransaction.class,
                                        read,
                                        (method, _, result) ->
                                                method.equals("listings")
                                                        ? listings(result, of, wrong)
                                                        : result,
                                        argument -> argument));
    }

    private static Object listings(Object right, NodeId of, Listing wrong) {
        return forwarding(
                Listings.class,
                right,
                (method, arguments, result) ->
                        method.equals("of") && arguments[0].equals(of) ? wrong : result,
                argument -> argument);
    }

    /** What a forwarding call answers. */
    private interface Answer {
        Object to(String method, Object[] arguments, Object result);
    }

    private static Object forwarding(
            Class<?> port, Object to, Answer answer, UnaryOperator<Object> handed) {
        return Proxy.newProxyInstance(
                port.getClassLoader(),
                new Class<?>[] {port},
                (_, method, arguments) -> {
                    Object[] all = arguments == null ? new Object[0] : arguments.clone();
                    for (int i = 0; i < all.length; i++) {
                        if (all[i] instanceof MetadataStore.Read<?> work) {
                            all[i] =
                                    (MetadataStore.Read<?>)
                                            read -> work.run((ReadTransaction) handed.apply(read));
                        }
                    }
                    return answer.to(method.getName(), all, method.invoke(to, all));
                });
    }

    @ParameterizedTest
    @CsvSource({"2,0,2", "2,1,1", "1,0,1", "9,0,1"})
    @DisplayName("a listing row that isn't what its directory holds")
    void wrongListing(long version, long directories, long others) {
        MetadataStore store = saying(directory.id(), new Listing(version, directories, others));
        assertThat(verify(store, true, false).kinds()).containsExactly(Kind.LISTING);
    }

    @Test
    void manyDirectoriesKeepTheirParents() {
        DirectoryMap map = new DirectoryMap();
        for (long id = 1; id <= 5_000; id++) {
            map.put(id, id / 2);
        }
        assertThat(map.cyclic()).isEmpty();
        assertThat(map.ids()).hasSize(5_000);
        assertThat(map.has(5_000)).isTrue();
        assertThat(map.has(5_001)).isFalse();
        // 3 goes below 12, which is below 6, which is below 3, with all that was below 3.
        map.put(3, 12);
        assertThat(map.cyclic()).contains(3, 6, 12, 25).doesNotContain(1, 2, 4, 5);
    }
}
