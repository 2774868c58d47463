package io.syncline.system.fuzz;

import static io.syncline.system.fuzz.Refusals.require;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.syncline.client.daemon.StatusJson;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.wire.Event;
import io.syncline.core.wire.HistoryJson;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.QuotaJson;
import io.syncline.core.wire.TransferJson;
import io.syncline.core.wire.WireJson;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Every JSON document: the first byte of an input says which. */
final class JsonTargets {
    private static final String ID = "00112233445566778899aabbccddeeff";
    private static final String HASH =
            "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";
    private static final String PROOF = ID + ".9." + HASH + "." + ID;
    private static final String TIME = "2026-01-02T03:04:05.678901Z";

    private static final String FILE =
            """
            {"id":7,"parent":0,"name":"a.txt","kind":"file","executable":true,"mtime":"-12",\
            "size":70000,"level":1,"hash":"%s","sequence":9,"device":"%s"}\
            """
                    .formatted(HASH, ID);

    private static final String GONE =
            """
            {"id":8,"parent":7,"name":"\\ud83d\\ude00 \\"q\\"\\n","kind":"kind-200","sequence":9,\
            "deleted":true,"device":"%s"}\
            """
                    .formatted(ID);

    private static final String PAGE =
            """
            {"proof":"%s","from":7,"to":9,"more":false,"floor":2,\
            "fork":{"epoch":"%s","sequence":7},"changes":[%s]}\
            """
                    .formatted(PROOF, ID, FILE);

    private static final String PROJECT =
            """
            {"id":"%s","name":"Fotos","role":"owner","format":1,"proof":"%s","nodes":4,\
            "created":"%s"}\
            """
                    .formatted(ID, PROOF, TIME);

    private static final String ENTRY =
            """
            {"sequence":9,"time":"%s","device":"%s","deviceName":"laptop","node":%s,\
            "action":"move"}\
            """
                    .formatted(TIME, ID, FILE);

    private static final String TRANSFER =
            """
            "project":"%s","transfer":7,"direction":"download","filesDone":1,"filesTotal":3,\
            "bytesDone":40,"bytesTotal":100,"bytesPerSecond":5,"name":"b.bin\"\
            """
                    .formatted(ID);

    /** A document of the protocol, and how it looks. */
    private record Document<T>(JsonCodec<T> codec, String sample) {
        private static final Refusals INVALID = new Refusals(ErrorCode.INVALID);

        void check(byte[] json) {
            Optional<T> value = INVALID.of(() -> codec.fromBytes(json));
            if (value.isEmpty() || value.get() instanceof Event.Unknown) {
                return;
            }
            byte[] spelt = codec.toBytes(value.get());
            T again = codec.fromStream(new ByteArrayInputStream(spelt), spelt.length);
            require(again.equals(value.get()), "%s comes back as %s", value.get(), again);
            require(Arrays.equals(codec.toBytes(again), spelt), "%s is spelt in two ways", again);
        }
    }

    private static final List<Document<?>> DOCUMENTS = documents();

    private JsonTargets() {}

    private static List<Document<?>> documents() {
        List<Document<?>> all = new ArrayList<>();
        all.add(of(WireJson.NODE, FILE));
        all.add(of(WireJson.NODE, GONE));
        all.add(of(WireJson.CHANGES_PAGE, PAGE));
        all.add(
                of(
                        WireJson.CHILDREN_PAGE,
                        "{\"nodes\":[%s],\"version\":9,\"total\":3,\"before\":\"YQ\",\"after\":\"Yg\"}",
                        FILE));
        all.add(
                of(
                        WireJson.PAGE_MAP,
                        "{\"version\":9,\"total\":3,\"directories\":1,\"size\":500,\"pages\":[\"YQ\"]}"));
        all.add(
                of(
                        WireJson.LISTING_POSITION,
                        "{\"version\":9,\"total\":3,\"row\":{\"index\":2,\"cursor\":\"YQ\"}}"));
        all.add(
                of(
                        WireJson.SEARCH_PAGE,
                        "{\"nodes\":[%s],\"directories\":[{\"id\":3,\"parent\":0,\"name\":\"d\"}],"
                                + "\"complete\":8,\"head\":9,\"after\":\"YQ\"}",
                        FILE));
        all.add(of(WireJson.RESOLVED, "{\"id\":0,\"kind\":\"directory\"}"));
        all.add(of(WireJson.RESOLVED, FILE));
        all.add(of(WireJson.LOG_PAGE, "{\"entries\":[%s],\"before\":9}", ENTRY));
        all.add(
                of(
                        WireJson.COMMIT,
                        """
                        {"id":"%s","replica":"%s","base":"%s","atomic":true,"changes":[\
                        {"create":-1,"parent":0,"name":"d","kind":"directory"},\
                        {"create":-2,"parent":-1,"name":"l","kind":"symlink","mtime":"77","size":3,\
                        "level":0,"hash":"%s","origin":4},\
                        {"update":7,"expected":9,"parent":-1,"name":"m"},\
                        {"delete":10,"expected":11},{"check":12,"expected":13}]}\
                        """,
                        ID,
                        ID,
                        PROOF,
                        HASH));
        all.add(
                of(
                        WireJson.COMMIT_ANSWER,
                        """
                        {"proof":"%s","results":[{"applied":%s},\
                        {"refused":"MISSING_BLOCKS","current":%s,"rival":%s,"missing":["%s"]}]}\
                        """,
                        PROOF,
                        FILE,
                        FILE,
                        GONE,
                        HASH));
        all.add(
                of(
                        WireJson.CHECKPOINT,
                        """
                        {"replica":"%s","epoch":"%s","received":17,"digest":"%s",\
                        "agreed":{"epoch":"%s","sequence":16},"heldBack":2,"folder":"f"}\
                        """,
                        ID,
                        ID,
                        HASH,
                        ID));
        all.add(
                of(
                        WireJson.PROBLEM,
                        """
                        {"type":"urn:syncline:EXPIRED","title":"EXPIRED","status":410,"detail":"d",\
                        "instance":"r-1","resync":"union","fork":1000,"missing":["%s"]}\
                        """,
                        HASH));
        all.add(
                of(
                        WireJson.EVENT,
                        "{\"type\":\"subscribe\",\"projects\":[\"%s\"],\"transfers\":true}",
                        ID));
        all.add(
                of(
                        WireJson.EVENT,
                        "{\"type\":\"head\",\"project\":\"%s\",\"epoch\":\"%s\",\"sequence\":9,"
                                + "\"news\":%s}",
                        ID,
                        ID,
                        PAGE));
        all.add(of(WireJson.EVENT, "{\"type\":\"unsubscribed\",\"project\":\"%s\"}", ID));
        all.add(of(WireJson.EVENT, "{\"type\":\"transfer\",%s}", TRANSFER));
        all.add(
                of(
                        WireJson.HELLO,
                        "{\"product\":\"Syncline\",\"version\":\"1\",\"protocol\":{\"min\":1,\"max\":2},"
                            + "\"capabilities\":[\"events\"]}"));
        all.add(of(WireJson.SESSION_REQUEST, "{\"account\":\"ada\",\"password\":\"p\"}"));
        all.add(
                of(
                        WireJson.SESSION_ANSWER,
                        "{\"token\":\"sls_1\",\"account\":\"%s\",\"expires\":\"%s\"}",
                        ID,
                        TIME));
        all.add(of(WireJson.JOIN_REQUEST, "{\"secret\":\"s\",\"deviceName\":\"laptop\"}"));
        all.add(
                of(
                        WireJson.JOIN_ANSWER,
                        "{\"token\":\"sld_1\",\"device\":\"%s\",\"account\":\"%s\",\"project\":%s}",
                        ID,
                        ID,
                        PROJECT));
        all.add(of(WireJson.DEVICE_REQUEST, "{\"name\":\"phone\"}"));
        all.add(of(WireJson.DEVICE_ANSWER, "{\"token\":\"sld_2\",\"device\":\"%s\"}", ID));
        all.add(
                of(
                        WireJson.DEVICES,
                        """
                        {"devices":[{"id":"%s","name":"phone","account":"%s","created":"%s",\
                        "seen":"%s","revoked":true,"current":false}]}\
                        """,
                        ID,
                        ID,
                        TIME,
                        TIME));
        all.add(of(WireJson.PROJECT_REQUEST, "{\"name\":\"Fotos\",\"portableNames\":true}"));
        all.add(of(WireJson.PROJECT, PROJECT));
        all.add(of(WireJson.PROJECTS, "{\"projects\":[%s]}", PROJECT));
        all.add(
                of(
                        WireJson.LINK_REQUEST,
                        "{\"role\":\"editor\",\"uses\":5,\"expiresSeconds\":86400}"));
        all.add(
                of(
                        WireJson.LINK_ANSWER,
                        "{\"id\":\"l1\",\"secret\":\"s\",\"link\":\"syncline://h:1/join/s\","
                                + "\"role\":\"viewer\",\"uses\":5,\"expires\":\"%s\"}",
                        TIME));
        all.add(
                of(
                        WireJson.LINKS,
                        "{\"links\":[{\"id\":\"l1\",\"role\":\"viewer\",\"usesLeft\":4,"
                                + "\"expires\":\"%s\"}]}",
                        TIME));
        all.add(
                of(
                        WireJson.MEMBERS,
                        "{\"members\":[{\"account\":\"%s\",\"name\":\"Ada\",\"role\":\"owner\"}]}",
                        ID));
        all.add(of(WireJson.ROLE_REQUEST, "{\"role\":\"viewer\"}"));
        all.add(
                of(
                        WireJson.REPLICAS,
                        """
                        {"replicas":[{"replica":"%s","device":"%s","deviceName":"phone",\
                        "folder":"f","received":{"epoch":"%s","sequence":4},"heldBack":1,\
                        "inStep":false,"seen":"%s"}]}\
                        """,
                        ID,
                        ID,
                        ID,
                        TIME));
        all.add(of(WireJson.CHUNK_ANSWER, "{\"stored\":60,\"known\":4}"));
        all.add(of(TransferJson.TRANSFERS, "{\"transfers\":[{%s}]}", TRANSFER));
        all.add(of(HistoryJson.RETENTION, "{\"seconds\":86400}"));
        all.add(
                of(
                        HistoryJson.DELETED_PAGE,
                        "{\"entries\":[{\"entry\":%s,\"path\":\"a/b\"}],\"after\":\"9.YQ\"}",
                        ENTRY));
        all.add(
                of(
                        HistoryJson.RESTORE_REQUEST,
                        "{\"id\":\"%s\",\"dryRun\":true,\"versions\":[{\"node\":7,\"sequence\":9,"
                                + "\"parent\":0,\"name\":\"c\"}]}",
                        ID));
        all.add(
                of(
                        HistoryJson.RESTORE_REQUEST,
                        "{\"id\":\"%s\",\"since\":\"%s\",\"directory\":0,\"until\":99,\"before\":17}",
                        ID,
                        TIME));
        all.add(
                of(
                        HistoryJson.RESTORE_ANSWER,
                        """
                        {"epoch":"%s","head":12,"until":99,"before":17,"results":[{"id":7,\
                        "path":"a/b","outcome":"recreated","now":%s,"reason":"NOT_EMPTY"}]}\
                        """,
                        ID,
                        FILE));
        all.add(
                of(
                        QuotaJson.CODEC,
                        "{\"bytes\":1,\"nodes\":2,\"storedBytes\":3,\"bytesMax\":4,\"nodesMax\":5,"
                                + "\"storedBytesMax\":6}"));
        all.add(
                of(
                        StatusJson.CODEC,
                        """
                        {"home":"/h","state":"converged","folders":[{"device":"d","folder":"/f",\
                        "project":"%s","projectName":"p","state":"converged","reason":"r",\
                        "cursor":{"epoch":"%s","sequence":4},"digest":"%s","pending":1,\
                        "conflicts":0,"transfers":[],"problems":[{"path":"p","text":"t"}],\
                        "sentBytes":1,"receivedBytes":2}]}\
                        """,
                        ID,
                        ID,
                        HASH));
        return List.copyOf(all);
    }

    private static <T> Document<T> of(JsonCodec<T> codec, String sample) {
        return new Document<>(codec, sample);
    }

    @FormatMethod
    private static <T> Document<T> of(
            JsonCodec<T> codec, @FormatString String sample, Object... parts) {
        return new Document<>(codec, sample.formatted(parts));
    }

    static Target target() {
        List<byte[]> samples = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS.size(); i++) {
            samples.add(led(i, DOCUMENTS.get(i).sample()));
        }
        return new Decoder(
                "json", 2_048, n -> (512L << 10) + 400L * n, JsonTargets::check, samples);
    }

    private static byte[] led(int document, String json) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        byte[] input = new byte[1 + text.length];
        input[0] = (byte) document;
        System.arraycopy(text, 0, input, 1, text.length);
        return input;
    }

    private static void check(byte[] input) {
        if (input.length > 0) {
            DOCUMENTS
                    .get((input[0] & 0xFF) % DOCUMENTS.size())
                    .check(Arrays.copyOfRange(input, 1, input.length));
        }
    }
}
