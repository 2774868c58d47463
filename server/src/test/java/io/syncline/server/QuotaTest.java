package io.syncline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.block.Block;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.ChangeResult.Reason;
import io.syncline.core.wire.QuotaJson;
import io.syncline.core.wire.QuotaView;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Quota;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Quotas as a client meets them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class QuotaTest {
    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void startAfresh() {
        server.startAfresh();
        standard(Quota.NONE);
        server.metadata.write(write -> {
            write.quotas().put(server.admin, Quota.NONE);
            return true;
        });
    }

    private void limit(Quota quota) {
        server.metadata.write(write -> {
            write.quotas().put(server.project, quota);
            return true;
        });
    }

    private void standard(Quota quota) {
        server.metadata.write(write -> {
            write.quotas().putStandard(quota);
            return true;
        });
    }

    private static Quota bytes(long bytes) {
        return new Quota(OptionalLong.of(bytes), OptionalLong.empty(), OptionalLong.empty());
    }

    private QuotaView view() {
        return server.get(server.at("/quota")).as(QuotaJson.CODEC);
    }

    private static List<Optional<Reason>> reasons(List<ChangeResult> results) {
        return results.stream()
                .map(result ->
                        result instanceof ChangeResult.Refused refused
                                ? Optional.of(refused.reason())
                                : Optional.<Reason>empty())
                .toList();
    }

    private static Change edit(long id, long expected, Content content) {
        return new Change.Update(
                new NodeId(id),
                expected,
                Optional.empty(),
                Optional.of(Item.file(content, false, 2)));
    }

    @Test
    void whatFitsIsTakenAndWhatDoesNotIsRefusedChangeByChange() {
        Content large = server.upload(server.randomBytes(6_000));
        Content small = server.upload(server.randomBytes(3_000));
        limit(bytes(10_000));
        List<ChangeResult> results =
                server.commit(
                                TestServer.file(-1, 0, "a", large),
                                TestServer.file(-2, 0, "b", large),
                                TestServer.file(-3, 0, "c", small),
                                TestServer.directory(-4, 0, "d"))
                        .results();
        assertThat(reasons(results))
                .containsExactly(
                        Optional.empty(),
                        Optional.of(Reason.QUOTA),
                        Optional.empty(),
                        Optional.empty());
        assertThat(view())
                .isEqualTo(
                        new QuotaView(
                                9_000,
                                3,
                                view().storedBytes(),
                                OptionalLong.of(10_000),
                                OptionalLong.empty(),
                                OptionalLong.of(20_000 + (1L << 30))));
        assertThat(view().storedBytes()).isBetween(9_000L, 10_000L);
    }

    @Test
    void whoeverIsOverTheLimitMayDeleteMoveAndShrink() {
        Content large = server.upload(server.randomBytes(6_000));
        Content smaller = server.upload(server.randomBytes(5_000));
        server.applied(TestServer.file(-1, 0, "a", large), TestServer.file(-2, 0, "b", large));
        limit(new Quota(OptionalLong.of(1_000), OptionalLong.of(1), OptionalLong.empty()));
        assertThat(reasons(server.commit(TestServer.directory(-1, 0, "d")).results()))
                .containsExactly(Optional.of(Reason.QUOTA));
        server.applied(edit(1, 1, smaller));
        assertThat(reasons(server.commit(edit(1, 3, large)).results()))
                .containsExactly(Optional.of(Reason.QUOTA));
        server.applied(new Change.Delete(new NodeId(2), 2));
        server.applied(new Change.Delete(new NodeId(1), 3));
        assertThat(view().bytes()).isZero();
        assertThat(view().nodes()).isZero();
    }

    @Test
    void anAtomicCommitIsJudgedAsAWhole() {
        Content content = server.upload(server.randomBytes(6_000));
        server.applied(TestServer.file(-1, 0, "a", content));
        limit(bytes(10_000));
        var tooMuch =
                server.commitOf(
                        true,
                        List.of(
                                TestServer.directory(-1, 0, "d"),
                                TestServer.file(-2, 0, "b", content)));
        assertThat(reasons(server.commit(tooMuch).results()))
                .containsExactly(Optional.of(Reason.ABORTED), Optional.of(Reason.QUOTA));
        // What the same commit takes away makes room, wherever it stands in it.
        var swap =
                server.commitOf(
                        true,
                        List.of(
                                TestServer.file(-2, 0, "b", content),
                                new Change.Delete(new NodeId(1), 1)));
        assertThat(reasons(server.commit(swap).results()))
                .containsExactly(Optional.empty(), Optional.empty());
        assertThat(view().bytes()).isEqualTo(6_000);
    }

    @Test
    void anAccountsProjectsShareItsLimit() {
        Content content = server.upload(server.randomBytes(6_000));
        server.applied(TestServer.file(-1, 0, "a", content));
        long held =
                server.metadata.<Long>read(
                        read -> read.quotas().owned(server.admin).contentBytes());
        assertThat(held).isGreaterThanOrEqualTo(6_000);
        server.metadata.write(write -> {
            write.quotas().put(server.admin, bytes(held + 1_000));
            return true;
        });
        server.startAfresh();
        Content small = server.upload(server.randomBytes(900));
        Content large = server.upload(server.randomBytes(2_000));
        assertThat(
                        reasons(
                                server.commit(
                                                TestServer.file(-1, 0, "large", large),
                                                TestServer.file(-2, 0, "small", small),
                                                TestServer.file(-3, 0, "again", small))
                                        .results()))
                .containsExactly(
                        Optional.of(Reason.QUOTA), Optional.empty(), Optional.of(Reason.QUOTA));
    }

    @Test
    void aProjectsOwnLimitGoesBeforeThatOfAll() {
        Content content = server.upload(server.randomBytes(6_000));
        standard(bytes(1_000));
        assertThat(reasons(server.commit(TestServer.file(-1, 0, "a", content)).results()))
                .containsExactly(Optional.of(Reason.QUOTA));
        limit(bytes(7_000));
        server.applied(TestServer.file(-1, 0, "a", content));
    }

    @Test
    @DisplayName("L9 what is uploaded and never committed is bounded")
    void uploadsEndWhereNothingMoreMayBeStored() {
        limit(new Quota(OptionalLong.of(1_000_000), OptionalLong.empty(), OptionalLong.of(20_000)));
        server.upload(server.randomBytes(30_000));
        List<Block> blocks = new ArrayList<>();
        TestServer.cut(server.randomBytes(500), blocks);
        var chunk = TestServer.chunk(blocks);
        var refused = server.put(chunk, server.token).expect(413).problem();
        assertThat(refused.code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(refused.detail()).contains("over quota").contains("20000 bytes");
        limit(Quota.NONE);
        server.put(chunk, server.token).expect(200);
    }

    @Test
    void countsEqualTheTreeAfterAnyHistory() {
        long seed = 41;
        Random random = new Random(seed);
        List<Content> contents = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            contents.add(server.upload(server.randomBytes(1 + random.nextInt(9_000))));
        }
        Map<Long, Long> versions = new HashMap<>();
        for (int round = 0; round < 60; round++) {
            List<Change> changes = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                changes.add(change(random, contents, versions, -1 - i, round));
            }
            boolean atomic = random.nextBoolean();
            if (random.nextInt(4) == 0) {
                limit(bytes(random.nextInt(60_000)));
            }
            try {
                for (ChangeResult result :
                        server.commit(server.commitOf(atomic, changes)).results()) {
                    if (result instanceof ChangeResult.Applied(var node)) {
                        versions.remove(node.id().value());
                        if (!node.deleted()) {
                            versions.put(node.id().value(), node.sequence());
                        }
                    }
                }
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
            assertThat(view().bytes()).as("seed %d, round %d", seed, round).isEqualTo(counted());
        }
        assertThat(versions).isNotEmpty();
    }

    private Change change(
            Random random, List<Content> contents, Map<Long, Long> versions, long id, int round) {
        Content content = contents.get(random.nextInt(contents.size()));
        if (versions.isEmpty() || random.nextInt(2) == 0) {
            return TestServer.file(id, 0, "f" + round + id, content);
        }
        var known = new ArrayList<>(versions.entrySet());
        var some = known.get(random.nextInt(known.size()));
        return random.nextInt(3) == 0
                ? new Change.Delete(new NodeId(some.getKey()), some.getValue())
                : edit(some.getKey(), some.getValue(), content);
    }

    private long counted() {
        long[] sum = new long[1];
        server.metadata.read(read -> {
            Project project = read.projects().find(server.project).orElseThrow();
            read.nodes(project.key())
                    .forEachLive(node ->
                            sum[0] += node.item().content().map(Content::sizeBytes).orElse(0L));
            return true;
        });
        return sum[0];
    }
}
