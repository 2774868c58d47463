package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.metadata.Version.Action;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the contracts of the metadata store's parts share: an empty store with a project. */
abstract class MetadataContract {
    final Samples samples = new Samples(11);

    MetadataStore store;
    Project project;

    /** Opens an empty store. */
    protected abstract MetadataStore open();

    @BeforeEach
    void openStore() {
        store = open();
        project = store.write(transaction -> transaction.projects().add(samples.newProject()));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    // Words for the tests: the shape of a read's result, so that assertThat can be told apart.

    <T> Optional<T> optional(MetadataStore.Read<Optional<T>> work) {
        return store.read(work);
    }

    <T> List<T> list(MetadataStore.Read<List<T>> work) {
        return store.read(work);
    }

    <T> Set<T> set(MetadataStore.Read<Set<T>> work) {
        return store.read(work);
    }

    <K, V> Map<K, V> map(MetadataStore.Read<Map<K, V>> work) {
        return store.read(work);
    }

    static <K, V> V at(Map<K, V> map, K key) {
        return Objects.requireNonNull(map.get(key));
    }

    OptionalLong number(MetadataStore.Read<OptionalLong> work) {
        return store.read(work);
    }

    Nodes nodes(ReadTransaction transaction) {
        return transaction.nodes(project.key());
    }

    Project projectNow() {
        return store.read(this::projectNow);
    }

    Project projectNow(ReadTransaction transaction) {
        return transaction.projects().find(project.id()).orElseThrow();
    }

    long head(ReadTransaction transaction) {
        return projectNow(transaction).head();
    }

    Optional<TreeDigest> digestAt(ReadTransaction transaction, long sequence) {
        return transaction.projects().digestAt(project.key(), sequence);
    }

    int insert(List<NewBlock> blocks, Instant now) {
        return store.write(transaction -> transaction.blocks(project.key()).insert(blocks, now));
    }

    static boolean add(WriteTransaction transaction, Account account) {
        transaction.accounts().add(account);
        return true;
    }

    static boolean addDevice(WriteTransaction transaction, Device device) {
        transaction.devices().add(device);
        return true;
    }

    static boolean addLink(WriteTransaction transaction, JoinLink link) {
        transaction.links().add(link);
        return true;
    }

    boolean addAnswer(WriteTransaction transaction, Answer answer) {
        transaction.answers(project.key()).add(answer);
        return true;
    }

    static Version keyed(Node node, String key) {
        return new Version(node, Action.CREATE, Optional.empty(), Optional.of(key), T0);
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    static void assertCode(Throwable failure, ErrorCode code) {
        assertThat(failure).isInstanceOf(SynclineException.class);
        assertThat(((SynclineException) failure).code()).isEqualTo(code);
    }

    static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
