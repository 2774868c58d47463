package io.syncline.server;

import static io.syncline.server.TestServer.directory;
import static io.syncline.server.TestServer.file;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Content;
import io.syncline.core.wire.Change;
import io.syncline.server.TestServer.Reply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Archives and what browsers are shown, over real HTTP. */
class ArchiveTest {
    private static final TestServer server = new TestServer();

    @BeforeEach
    void startAfresh() {
        server.startAfresh();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Map<String, byte[]> unzip(byte[] archive) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive), UTF_8)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                assertThat(entries.put(entry.getName(), zip.readAllBytes())).isNull();
            }
        }
        return entries;
    }

    @Test
    @DisplayName("a selection is sent as one archive, directories with all beneath them")
    void aSelectionIsAnArchive() throws IOException {
        byte[] large = server.randomBytes(3_000_000);
        byte[] small = "some text, some text, some text".getBytes(UTF_8);
        Content largeContent = server.upload(large);
        Content smallContent = server.upload(small);
        long top = server.applied(directory(-1, 0, "top"));
        long deep = server.applied(directory(-1, top, "ü \\ deep"));
        server.applied(file(-1, deep, "large.jpg", largeContent));
        server.applied(file(-1, top, "empty", Content.EMPTY), directory(-2, top, "none"));
        long alone = server.applied(file(-1, 0, "alone.txt", smallContent));

        Reply reply = server.get(server.at("/archive?nodes=" + top + "," + alone)).expect(200);
        assertThat(reply.headers().firstValue("Content-Type")).contains("application/zip");
        assertThat(reply.headers().firstValue("Content-Length")).isEmpty();
        Map<String, byte[]> entries = unzip(reply.bytes());
        assertThat(entries)
                .containsOnlyKeys(
                        "alone.txt",
                        "top/",
                        "top/empty",
                        "top/none/",
                        "top/ü _ deep/",
                        "top/ü _ deep/large.jpg");
        assertThat(entries.get("alone.txt")).isEqualTo(small);
        assertThat(entries.get("top/ü _ deep/large.jpg")).isEqualTo(large);

        Reply one = server.get(server.at("/archive?nodes=" + top)).expect(200);
        assertThat(one.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename*=UTF-8''top.zip");
    }

    @Test
    @DisplayName("a directory of more rows than are read at once is whole, in order, once each")
    void pagesOfADirectoryAreJoined() throws IOException {
        long top = server.applied(directory(-1, 0, "many"));
        List<String> expected = new ArrayList<>(List.of("many/"));
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            boolean folder = i % 3 == 0;
            String name = "%s%03d".formatted(folder ? "d" : "f", i);
            changes.add(
                    folder ? directory(-1 - i, top, name) : file(-1 - i, top, name, Content.EMPTY));
            expected.add("many/" + name + (folder ? "/" : ""));
        }
        server.applied(changes.toArray(Change[]::new));
        Reply reply = server.get(server.at("/archive?nodes=" + top)).expect(200);
        assertThat(unzip(reply.bytes()).keySet()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void equalNamesOfSeveralDirectoriesAreToldApart() throws IOException {
        long a = server.applied(directory(-1, 0, "a"));
        long b = server.applied(directory(-1, 0, "b"));
        long first = server.applied(file(-1, a, "x", Content.EMPTY));
        long second = server.applied(file(-1, b, "x", Content.EMPTY));
        Reply reply = server.get(server.at("/archive?nodes=" + first + "," + second)).expect(200);
        assertThat(unzip(reply.bytes())).containsOnlyKeys("x", "x (2)");
    }

    @Test
    @DisplayName("L7 L9 what isn't there, isn't the caller's, or is too much has no archive")
    void refusals() {
        long id = server.applied(file(-1, 0, "x", Content.EMPTY));
        server.get(server.at("/archive?nodes=" + id + ",999")).expect(ErrorCode.NOT_FOUND);
        server.get(server.at("/archive?nodes=" + id), server.stranger())
                .expect(ErrorCode.NOT_FOUND);
        for (String wrong : List.of("", "nodes=", "nodes=0", "nodes=1,,2", "nodes=x")) {
            server.get(server.at("/archive?" + wrong)).expect(ErrorCode.INVALID);
        }
        server.get(server.at("/archive?nodes=" + "1,".repeat(500) + "1")).expect(ErrorCode.INVALID);
    }

    @Test
    @DisplayName(
            "only kinds that can't run anything are shown, all else is an attachment in a sandbox")
    void whatBrowsersAreShown() {
        Content content = server.upload(server.randomBytes(1_000));
        Map<String, String> shown =
                Map.of(
                        "a.PNG", "image/png",
                        "b.pdf", "application/pdf",
                        "c.mp4", "video/mp4",
                        "d.mp3", "audio/mpeg");
        shown.forEach((name, type) -> {
            long id = server.applied(file(-1, 0, name, content));
            Reply reply = server.get(server.at("/nodes/" + id + "/content?inline=true"));
            assertThat(reply.headers().firstValue("Content-Type")).contains(type);
            assertThat(reply.headers().firstValue("Content-Disposition").orElseThrow())
                    .startsWith("inline;");
            assertThat(reply.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(reply.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'");
            assertThat(
                            server.get(
                                            server.at("/nodes/" + id + "/content?inline=true"),
                                            server.token,
                                            "Range",
                                            "bytes=10-19")
                                    .expect(206)
                                    .bytes())
                    .isEqualTo(Arrays.copyOfRange(reply.bytes(), 10, 20));
            assertThat(contentType(id, "")).isEqualTo("application/octet-stream");
        });
        for (String name : List.of("e.svg", "f.html", "g.xhtml", "h.js", "i", "j.pdf.exe")) {
            long id = server.applied(file(-1, 0, name, content));
            Reply reply = server.get(server.at("/nodes/" + id + "/content?inline=true"));
            assertThat(contentType(id, "?inline=true")).isEqualTo("application/octet-stream");
            assertThat(reply.headers().firstValue("Content-Disposition").orElseThrow())
                    .startsWith("attachment;");
            assertThat(reply.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .startsWith("sandbox");
        }
    }

    private static String contentType(long id, String query) {
        return server.get(server.at("/nodes/" + id + "/content" + query))
                .expect(200)
                .headers()
                .firstValue("Content-Type")
                .orElseThrow();
    }
}
