package io.syncline.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WireJsonTest {
    private static final String ID = "00112233445566778899aabbccddeeff";
    private static final DeviceId DEVICE = new DeviceId(ID);
    private static final Epoch EPOCH = new Epoch("ffeeddccbbaa99887766554433221100");
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");
    private static final Hash HASH = Hash.sha256(new byte[] {1, 2, 3});
    private static final TreeDigest DIGEST = new TreeDigest(HASH);
    private static final Content CONTENT = new Content(1, HASH, 70_000);
    private static final NodeId PARENT = NodeId.ROOT;

    private static final Node FILE =
            new Node(
                    new NodeId(7),
                    new Place(PARENT, new Name("a.txt")),
                    Item.file(CONTENT, true, -1_234_567_890_123_456_789L),
                    9,
                    false,
                    DEVICE);
    private static final Node TOMBSTONE =
            new Node(
                    new NodeId(8),
                    new Place(new NodeId(7), new Name("\uD83D\uDE00 \"quoted\"\n")),
                    Item.DIRECTORY,
                    Node.MAX_SEQUENCE,
                    true,
                    DEVICE);
    private static final Node LATER_KIND =
            new Node(
                    new NodeId(3),
                    new Place(PARENT, new Name("socket")),
                    new Item(new Kind(200), true, 5, Optional.empty()),
                    3,
                    false,
                    DEVICE);
    private static final ProjectView PROJECT =
            new ProjectView(new ProjectId(ID), "Fotos", Role.OWNER, 1, proof(17), 4, TIME);

    static Stream<Arguments> messages() {
        return Stream.of(
                message(WireJson.NODE, FILE),
                message(WireJson.NODE, TOMBSTONE),
                message(WireJson.NODE, LATER_KIND),
                message(
                        WireJson.CHANGES_PAGE,
                        new ChangesPage(
                                proof(12),
                                0,
                                9,
                                true,
                                2,
                                Optional.of(new Cursor(new Epoch(ID), 7)),
                                List.of(LATER_KIND, FILE))),
                message(
                        WireJson.CHANGES_PAGE,
                        new ChangesPage(proof(9), 9, 9, false, 0, Optional.empty(), List.of())),
                message(
                        WireJson.CHILDREN_PAGE,
                        new ChildrenPage(
                                List.of(FILE),
                                9,
                                3,
                                Optional.of("YmVmb3Jl"),
                                Optional.of("b3BhcXVl"))),
                message(
                        WireJson.CHILDREN_PAGE,
                        new ChildrenPage(List.of(), 0, 0, Optional.empty(), Optional.empty())),
                message(WireJson.PAGE_MAP, new PageMap(9, 3, 1, 500, List.of("Y3Vyc29y"))),
                message(WireJson.PAGE_MAP, new PageMap(0, 0, 0, 100, List.of())),
                message(
                        WireJson.LISTING_POSITION,
                        new ListingPosition(
                                9, 3, Optional.of(new ListingPosition.Row(2, "Y3Vyc29y")))),
                message(WireJson.LISTING_POSITION, new ListingPosition(9, 3, Optional.empty())),
                message(
                        WireJson.SEARCH_PAGE,
                        new SearchPage(
                                List.of(FILE),
                                List.of(
                                        new SearchPage.Directory(
                                                new NodeId(3), new Place(PARENT, new Name("d")))),
                                8,
                                9,
                                Optional.of("bW9yZQ"))),
                message(
                        WireJson.SEARCH_PAGE,
                        new SearchPage(List.of(), List.of(), 9, 9, Optional.empty())),
                message(WireJson.RESOLVED, new Resolved(Optional.empty())),
                message(WireJson.RESOLVED, new Resolved(Optional.of(FILE))),
                message(
                        WireJson.LOG_PAGE,
                        new LogPage(
                                List.of(
                                        new LogEntry(
                                                9,
                                                TIME,
                                                DEVICE,
                                                "laptop",
                                                FILE,
                                                LogEntry.Action.MOVE)),
                                Optional.of(9L))),
                message(WireJson.COMMIT, commit()),
                message(
                        WireJson.COMMIT_ANSWER,
                        new CommitAnswer(
                                proof(17),
                                List.of(
                                        new ChangeResult.Applied(FILE),
                                        new ChangeResult.Refused(
                                                ChangeResult.Reason.MISSING_BLOCKS,
                                                Optional.of(FILE),
                                                Optional.of(TOMBSTONE),
                                                List.of(HASH, Hash.EMPTY)),
                                        new ChangeResult.Refused(
                                                ChangeResult.Reason.NAME_TAKEN,
                                                Optional.empty(),
                                                Optional.empty(),
                                                List.of())))),
                message(
                        WireJson.CHECKPOINT,
                        new Checkpoint(
                                new ReplicaId(ID),
                                new Cursor(EPOCH, 17),
                                DIGEST,
                                Optional.of(new Cursor(EPOCH, 16)),
                                2,
                                "/home/ada/Fotos")),
                message(
                        WireJson.CHECKPOINT,
                        new Checkpoint(
                                new ReplicaId(ID),
                                new Cursor(EPOCH, 0),
                                TreeDigest.EMPTY,
                                Optional.empty(),
                                0,
                                "")),
                message(
                        WireJson.PROBLEM,
                        new Problem(
                                ErrorCode.EXPIRED,
                                "unknown epoch",
                                "r-1",
                                Optional.of(Resync.UNION),
                                1_000,
                                List.of())),
                message(
                        WireJson.PROBLEM,
                        new Problem(
                                ErrorCode.STALE, "", "r-2", Optional.empty(), 0, List.of(HASH))),
                message(WireJson.EVENT, new Event.Subscribe(List.of(new ProjectId(ID)))),
                message(WireJson.EVENT, new Event.Subscribe(List.of(new ProjectId(ID)), true)),
                message(WireJson.EVENT, new Event.Progress(transfer())),
                message(WireJson.EVENT, new Event.Progress(transfer().of(DEVICE, "phone").over())),
                message(TransferJson.TRANSFERS, List.of(transfer(), transfer().over())),
                message(HistoryJson.RETENTION, new Retention(Duration.ofDays(7))),
                message(
                        HistoryJson.DELETED_PAGE,
                        new DeletedPage(
                                List.of(
                                        new Deletion(
                                                new LogEntry(
                                                        9,
                                                        TIME,
                                                        DEVICE,
                                                        "phone",
                                                        TOMBSTONE,
                                                        LogEntry.Action.DELETE),
                                                "a/b")),
                                Optional.of("9.YQ"))),
                message(
                        HistoryJson.RESTORE_REQUEST,
                        new RestoreRequest(
                                new CommitId(ID),
                                false,
                                new RestoreRequest.Versions(
                                        List.of(
                                                new RestoreRequest.Wish(
                                                        new NodeId(7), 9, Optional.empty()),
                                                new RestoreRequest.Wish(
                                                        new NodeId(8),
                                                        10,
                                                        Optional.of(
                                                                new Place(
                                                                        NodeId.ROOT,
                                                                        new Name("c")))))))),
                message(
                        HistoryJson.RESTORE_REQUEST,
                        new RestoreRequest(
                                new CommitId(ID),
                                true,
                                new RestoreRequest.Rewind(
                                        TIME,
                                        new RestoreRequest.Device(DEVICE),
                                        OptionalLong.empty(),
                                        OptionalLong.empty()))),
                message(
                        HistoryJson.RESTORE_REQUEST,
                        new RestoreRequest(
                                new CommitId(ID),
                                false,
                                new RestoreRequest.Rewind(
                                        TIME,
                                        new RestoreRequest.Directory(NodeId.ROOT),
                                        OptionalLong.of(99),
                                        OptionalLong.of(17)))),
                message(
                        HistoryJson.RESTORE_ANSWER,
                        new RestoreAnswer(
                                EPOCH,
                                12,
                                OptionalLong.of(99),
                                OptionalLong.of(17),
                                List.of(
                                        new Restored(
                                                new NodeId(7),
                                                "a/b",
                                                Restored.Outcome.RECREATED,
                                                Optional.of(FILE),
                                                Optional.empty()),
                                        new Restored(
                                                new NodeId(8),
                                                "c",
                                                Restored.Outcome.REFUSED,
                                                Optional.empty(),
                                                Optional.of(ChangeResult.Reason.NOT_EMPTY))))),
                message(WireJson.EVENT, new Event.Head(new ProjectId(ID), EPOCH, 4)),
                message(
                        WireJson.EVENT,
                        new Event.Head(new ProjectId(ID), EPOCH, 4).wantedAlso(true)),
                message(WantedJson.CODEC, WantedPage.NOTHING),
                message(
                        WantedJson.CODEC,
                        new WantedPage(
                                3,
                                false,
                                List.of(new WantedPage.File(new NodeId(7), 2, HASH)),
                                Optional.of(new NodeId(7)))),
                message(
                        WireJson.EVENT,
                        new Event.Head(
                                new ProjectId(ID),
                                EPOCH,
                                9,
                                Optional.of(
                                        new ChangesPage(
                                                proof(9),
                                                7,
                                                9,
                                                false,
                                                0,
                                                Optional.empty(),
                                                List.of(FILE))))),
                message(WireJson.EVENT, new Event.Unsubscribed(new ProjectId(ID))),
                message(WireJson.HELLO, new Hello("syncline", "0.1", 1, 2, List.of("delta"))),
                message(
                        WireJson.SESSION_REQUEST,
                        new SessionRequest("ada", new Secret("pässword"))),
                message(
                        WireJson.SESSION_ANSWER,
                        new SessionAnswer(new Secret("sls_1"), new AccountId(ID), TIME)),
                message(WireJson.JOIN_REQUEST, new JoinRequest(new Secret("s"), "Adas Laptop")),
                message(
                        WireJson.JOIN_ANSWER,
                        new JoinAnswer(new Secret("sld_1"), DEVICE, new AccountId(ID), PROJECT)),
                message(WireJson.DEVICE_REQUEST, new DeviceRequest("phone")),
                message(WireJson.DEVICE_ANSWER, new DeviceAnswer(new Secret("sld_2"), DEVICE)),
                message(
                        WireJson.DEVICES,
                        List.of(
                                new DeviceView(
                                        DEVICE,
                                        "phone",
                                        new AccountId(ID),
                                        TIME,
                                        Optional.of(TIME),
                                        true,
                                        false),
                                new DeviceView(
                                        DEVICE,
                                        "desk",
                                        new AccountId(ID),
                                        TIME,
                                        Optional.empty(),
                                        false,
                                        true))),
                message(WireJson.PROJECT_REQUEST, new ProjectRequest("Fotos", true)),
                message(WireJson.PROJECT, PROJECT),
                message(WireJson.PROJECTS, List.of(PROJECT, PROJECT)),
                message(WireJson.LINK_REQUEST, new LinkRequest(Role.EDITOR, 5, 86_400)),
                message(
                        WireJson.LINK_ANSWER,
                        new LinkAnswer(
                                "l1",
                                new Secret("s"),
                                new Secret("syncline://h:1/join/s"),
                                Role.VIEWER,
                                5,
                                TIME)),
                message(WireJson.LINKS, List.of(new LinkView("l1", Role.VIEWER, 4, TIME))),
                message(
                        WireJson.MEMBERS,
                        List.of(new MemberView(new AccountId(ID), "Ada", Role.OWNER))),
                message(WireJson.MEMBER_REQUEST, new MemberRequest("Ada", Role.EDITOR)),
                message(WireJson.MEMBER, new MemberView(new AccountId(ID), "Ada", Role.VIEWER)),
                message(WireJson.ROLE_REQUEST, new RoleRequest(Role.VIEWER)),
                message(
                        WireJson.REPLICAS,
                        List.of(
                                new ReplicaView(
                                        new ReplicaId(ID),
                                        DEVICE,
                                        "phone",
                                        "Fotos",
                                        Optional.of(new Cursor(EPOCH, 4)),
                                        Optional.empty(),
                                        1,
                                        false,
                                        true,
                                        TIME))),
                message(WireJson.CHUNK_ANSWER, new ChunkAnswer(60, 4)));
    }

    private static Transfer transfer() {
        return new Transfer(
                new ProjectId(ID),
                7,
                Optional.empty(),
                Optional.empty(),
                Transfer.Direction.DOWNLOAD,
                new Transfer.Amount(1, 3),
                new Transfer.Amount(40, 100),
                5,
                Optional.of("ä/b.bin"),
                false);
    }

    private static Commit commit() {
        Place place = new Place(new NodeId(-1), new Name("ä"));
        return new Commit(
                new CommitId(ID),
                new ReplicaId(ID),
                proof(17),
                true,
                List.of(
                        new Change.Create(
                                new NodeId(-1),
                                new Place(PARENT, new Name("d")),
                                Item.DIRECTORY,
                                Optional.empty()),
                        new Change.Create(
                                new NodeId(-2),
                                place,
                                Item.symlink(new Content(0, HASH, 3), 77),
                                Optional.of(new NodeId(4))),
                        new Change.Update(new NodeId(7), 9, Optional.of(place), Optional.empty()),
                        new Change.Update(
                                new NodeId(8),
                                9,
                                Optional.empty(),
                                Optional.of(Item.file(Content.EMPTY, false, 0))),
                        new Change.Delete(new NodeId(10), 11),
                        new Change.Check(new NodeId(12), 13)));
    }

    private static Proof proof(long head) {
        return new Proof(new Cursor(EPOCH, head), DIGEST, ID);
    }

    private static <T> Arguments message(JsonCodec<T> codec, T value) {
        return Arguments.of(codec, value);
    }

    @ParameterizedTest
    @MethodSource("messages")
    <T> void everyMessageSurvivesARoundTrip(JsonCodec<T> codec, T value) {
        byte[] json = codec.toBytes(value);

        assertThat(codec.fromBytes(json)).isEqualTo(value);
        assertThat(codec.fromStream(new ByteArrayInputStream(json), json.length)).isEqualTo(value);
        assertThat(codec.toBytes(codec.fromBytes(json))).isEqualTo(json);
    }

    @ParameterizedTest
    @MethodSource("messages")
    @DisplayName("R43 every message ignores unknown members and stops at unknown must_ members")
    <T> void unknownMembers(JsonCodec<T> codec, T value) {
        String json = new String(codec.toBytes(value), StandardCharsets.UTF_8);
        String with = "{\"later\":{\"a\":[1,{\"b\":null}]}," + json.substring(1);
        String must = "{\"must_encrypt\":true," + json.substring(1);

        assertThat(codec.fromBytes(utf8(with))).isEqualTo(value);
        assertThatThrownBy(() -> codec.fromBytes(utf8(must)))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID))
                .hasMessageContaining("'/must_encrypt'");
    }

    @ParameterizedTest
    @MethodSource("messages")
    <T> void everyCutOffMessageIsInvalid(JsonCodec<T> codec, T value) {
        byte[] json = codec.toBytes(value);
        for (int length = 0; length < json.length; length++) {
            byte[] torn = Arrays.copyOf(json, length);
            assertThatThrownBy(() -> codec.fromBytes(torn))
                    .isInstanceOfSatisfying(
                            SynclineException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    <T> void aDamagedMessageIsReadOrInvalidNeverACrash(JsonCodec<T> codec, T value) {
        byte[] json = codec.toBytes(value);
        var random = new Random(json.length);
        for (int round = 0; round < 200; round++) {
            byte[] damaged = json.clone();
            damaged[random.nextInt(json.length)] = (byte) random.nextInt(256);
            try {
                codec.fromBytes(damaged);
            } catch (SynclineException e) {
                assertThat(e.code()).as(e.toString()).isEqualTo(ErrorCode.INVALID);
            }
        }
    }

    @Test
    void aNodeIsSpeltAsTheProtocolSays() {
        assertThat(text(WireJson.NODE.toBytes(FILE)))
                .isEqualTo(
                        "{\"id\":7,\"parent\":0,\"name\":\"a.txt\",\"kind\":\"file\",\"executable\":true,"
                            + "\"mtime\":\"-1234567890123456789\",\"size\":70000,\"level\":1,\"hash\":\""
                                + HASH.toHex()
                                + "\",\"sequence\":9,\"device\":\""
                                + ID
                                + "\"}");
        assertThat(text(WireJson.RESOLVED.toBytes(new Resolved(Optional.empty()))))
                .isEqualTo("{\"id\":0,\"kind\":\"directory\"}");
        assertThat(text(WireJson.EVENT.toBytes(new Event.Head(new ProjectId(ID), EPOCH, 4))))
                .isEqualTo(
                        "{\"type\":\"head\",\"project\":\""
                                + ID
                                + "\",\"epoch\":\""
                                + EPOCH
                                + "\",\"sequence\":4}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "-0",
                "+1",
                "01",
                "-01",
                " 1",
                "1 ",
                "1e3",
                "0x1",
                "1\u0662",
                "\u0661",
                "9223372036854775808",
                "-9223372036854775809",
                "99999999999999999999999"
            })
    void aTimeHasOneSpelling(String spelling) {
        String json = text(WireJson.NODE.toBytes(FILE)).replace("-1234567890123456789", spelling);

        assertInvalid(() -> WireJson.NODE.fromBytes(utf8(json)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 10, -10, Long.MAX_VALUE, Long.MIN_VALUE})
    void everyTimeIsRead(long nanos) {
        String json = text(WireJson.NODE.toBytes(FILE)).replace("-1234567890123456789", "" + nanos);

        assertThat(WireJson.NODE.fromBytes(utf8(json)).item().mtimeNanos()).isEqualTo(nanos);
    }

    @Test
    @DisplayName("R43 an unknown kind of node is kept")
    void unknownKindIsKept() {
        Node node = WireJson.NODE.fromBytes(WireJson.NODE.toBytes(LATER_KIND));

        assertThat(node.item().kind()).isEqualTo(new Kind(200));
        assertThat(node.item().kind().isKnown()).isFalse();
    }

    @Test
    void aNodeBelowAnUnknownParentIsInvalid() {
        String json = text(WireJson.NODE.toBytes(FILE)).replace("\"parent\":0", "\"parent\":-1");

        assertInvalid(() -> WireJson.NODE.fromBytes(utf8(json)));
    }

    @Test
    void anUnknownEventIsReadAsSuch() {
        assertThat(WireJson.EVENT.fromBytes(utf8("{\"steps\":1,\"type\":\"dance\"}")))
                .isEqualTo(new Event.Unknown("dance"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"create\":-1,\"delete\":7,\"expected\":9}",
                "{\"create\":1,\"parent\":0,\"name\":\"a\",\"kind\":\"directory\"}",
                "{\"create\":-1,\"parent\":0,\"name\":\"a\",\"kind\":\"file\"}",
                "{\"create\":-1,\"parent\":0,\"name\":\"a/b\",\"kind\":\"directory\"}",
                "{\"create\":-1,\"parent\":0,\"name\":\"a\",\"kind\":\"directory\",\"size\":0}",
                "{\"create\":-1,\"parent\":0,\"name\":\"a\",\"kind\":\"directory\",\"expected\":3}",
                "{\"create\":-1,\"parent\":0,\"name\":\"a\",\"kind\":\"directory\",\"origin\":-3}",
                "{\"update\":7,\"expected\":9}",
                "{\"update\":7,\"expected\":9,\"parent\":0}",
                "{\"update\":7,\"expected\":9,\"executable\":true}",
                "{\"update\":7,\"kind\":\"directory\"}",
                "{\"update\":-7,\"expected\":9,\"kind\":\"directory\"}",
                "{\"delete\":0,\"expected\":0}",
                "{\"delete\":7,\"expected\":9,\"name\":\"a\"}",
                "{\"check\":7}",
                "{\"expected\":7}",
                "{}",
                "[]",
                "null"
            })
    void aContradictoryChangeIsInvalid(String change) {
        String json =
                ("{\"id\":\"%s\",\"replica\":\"%s\",\"base\":\"%s\",\"changes\":"
                                + "[{\"check\":1,\"expected\":2},%s]}")
                        .formatted(ID, ID, proof(1), change);

        assertThatThrownBy(() -> WireJson.COMMIT.fromBytes(utf8(json)))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID))
                .hasMessageContaining("/changes/1");
    }

    @Test
    void aCommitOfNoOrTooManyChangesIsInvalid() {
        String head =
                "{\"id\":\"%s\",\"replica\":\"%s\",\"base\":\"%s\",\"changes\":["
                        .formatted(ID, ID, proof(1));
        String many = String.join(",", Collections.nCopies(501, "{\"check\":1,\"expected\":2}"));

        assertInvalid(() -> WireJson.COMMIT.fromBytes(utf8(head + "]}")));
        assertInvalid(() -> WireJson.COMMIT.fromBytes(utf8(head + many + "]}")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // from beyond to, to beyond head, the last page elsewhere than at the head
                "\"from\":3,\"to\":2,\"more\":true",
                "\"from\":3,\"to\":10,\"more\":true",
                "\"from\":3,\"to\":8,\"more\":false",
                "\"from\":3.0,\"to\":9,\"more\":true",
                "\"from\":\"3\",\"to\":9,\"more\":true",
                "\"from\":9007199254740993,\"to\":9007199254740993,\"more\":true"
            })
    @DisplayName("L1 a page that contradicts itself is refused")
    void aPageThatContradictsItselfIsInvalid(String members) {
        String json = "{\"proof\":\"" + proof(9) + "\",\"floor\":0," + members + ",\"changes\":[]}";

        assertInvalid(() -> WireJson.CHANGES_PAGE.fromBytes(utf8(json)));
    }

    @Test
    @DisplayName("L1 a page whose rows aren't in order of sequence is refused")
    void aPageOutOfOrderIsInvalid() {
        ChangesPage page =
                new ChangesPage(
                        proof(12), 0, 9, true, 0, Optional.empty(), List.of(FILE, LATER_KIND));
        byte[] json = WireJson.CHANGES_PAGE.toBytes(page);

        assertInvalid(() -> WireJson.CHANGES_PAGE.fromBytes(json));
    }

    @Test
    void aProblemOfALaterServerIsReadByItsStatus() {
        assertThat(WireJson.PROBLEM.fromBytes(utf8("{\"type\":\"urn:x\",\"status\":410}")).code())
                .isEqualTo(ErrorCode.EXPIRED);
        assertThat(WireJson.PROBLEM.fromBytes(utf8("{\"status\":500}")).code())
                .isEqualTo(ErrorCode.INTERNAL);
        assertThat(WireJson.PROBLEM.fromBytes(utf8("{\"status\":418}")).code())
                .isEqualTo(ErrorCode.INVALID);
        assertThat(WireJson.PROBLEM.fromBytes(utf8("{}")).code()).isEqualTo(ErrorCode.INTERNAL);
    }

    @Test
    void secretsDoNotShowUpInText() {
        JoinAnswer answer = new JoinAnswer(new Secret("sld_x"), DEVICE, new AccountId(ID), PROJECT);

        assertThat(answer.toString()).doesNotContain("sld_x");
        assertThat(new JoinRequest(new Secret("hush"), "a").toString()).doesNotContain("hush");
    }

    @Test
    void labelsAreChecked() {
        assertInvalid(() -> new DeviceRequest(" "));
        assertInvalid(() -> new DeviceRequest("a\u001b[31m"));
        assertInvalid(() -> new DeviceRequest("ä".repeat(128)));
        assertThat(new DeviceRequest("ä".repeat(127)).name()).hasSize(127);
    }

    private static void assertInvalid(ThrowingCallable callable) {
        assertThatThrownBy(callable)
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Test
    void roundedNumbersHaveThreeDecimalsAtMost() {
        List<Double> values =
                List.of(0.0, 1.0, -2.5, 0.1234, 1e300, -1e300, Double.NaN, 0.0004, 1234567.0625);
        byte[] written =
                new JsonWriter()
                        .beginObject()
                        .rounded("first", 2.0005)
                        .array("all", values, JsonWriter::rounded)
                        .endObject()
                        .toBytes();
        assertThat(new String(written, java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"first\":2.001,\"all\":[0,1,-2.5,0.123,8796093022208,-8796093022208,0,"
                                + "0,1234567.063]}");
    }
}
