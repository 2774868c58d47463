package io.syncline.system.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of 1 TB through the real programs, on a disk that needn't have a terabyte. */
final class TerabyteTest {
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final long TERABYTE = 1L << 40;
    private static final long MIDDLE = TERABYTE / 2 + 12_345;

    /** Space that a file may take which holds a few islands in 1 TB of holes. */
    private static final long SPACE_MAX = 8 << 20;

    @Test
    @DisplayName(
            "a file of 1 TB arrives as sparse as it was sent; one byte changed in its middle sends"
                    + " one data block and one tree block per level")
    void terabyteArrives(@TempDir Path directory) throws IOException {
        try (Deployment deployment = new Deployment(directory);
                WireTap up = new WireTap(deployment.port());
                WireTap down = new WireTap(deployment.port())) {
            byte[] island = new byte[200_000];
            new Random(5).nextBytes(island);
            Device a = deployment.newDevice("a").withJavaOptions("-Xmx160m");
            Device b = deployment.newDevice("b").withJavaOptions("-Xmx160m");
            Files.createDirectories(a.folder);
            Path sent = a.path("disk.img");
            write(sent, TERABYTE - island.length, island);
            write(sent, TERABYTE / 3, island);
            assumeTrue(space(sent) < SPACE_MAX, "this disk has no holes");

            a.join(deployment.joinLinkThrough(up.port()));
            b.join(deployment.joinLinkThrough(down.port()));
            Path received = b.path("disk.img");
            Await.until(LONG, () -> Files.exists(received), deployment::diagnosis);
            assertThat(Files.size(received)).isEqualTo(TERABYTE);
            assertThat(read(received, TERABYTE - island.length, island.length)).isEqualTo(island);
            assertThat(read(received, TERABYTE / 3, island.length)).isEqualTo(island);
            assertThat(space(received)).isLessThan(SPACE_MAX);
            assertThat(up.sentBytes()).isLessThan(1 << 20);
            awaitSame(deployment, a, b);

            long stored = stored(directory);
            long sentBytes = up.sentBytes();
            long receivedBytes = down.receivedBytes();
            write(sent, MIDDLE, new byte[] {42});
            Await.until(LONG, () -> read(received, MIDDLE, 1)[0] == 42, deployment::diagnosis);
            awaitSame(deployment, a, b);
            assertThat(Files.size(received)).isEqualTo(TERABYTE);
            assertThat(space(received)).isLessThan(SPACE_MAX);
            // Packs hold frames one after another: a header of 52 bytes each.
            assertThat(stored(directory) - stored).isBetween(3 * 52L, 100_000L);
            assertThat(up.sentBytes() - sentBytes).isLessThan(100_000);
            assertThat(down.receivedBytes() - receivedBytes).isLessThan(500_000);

            assertThat(rangeInTheMiddle(deployment)).isEqualTo(new byte[] {0, 42, 0});
        }
    }

    /** Both have seen the same head and have nothing left to do. */
    private static void awaitSame(Deployment deployment, Device a, Device b) {
        Await.until(
                LONG,
                () -> {
                    Json one = a.status();
                    Json other = b.status();
                    return one.at("state").text().equals("converged")
                            && other.at("state").text().equals("converged")
                            && one.at("digest").text().equals(other.at("digest").text());
                },
                deployment::diagnosis);
    }

    private static byte[] rangeInTheMiddle(Deployment deployment) {
        Caller nobody = new Caller(deployment.url(), "");
        String secret = URI.create(deployment.joinLink()).getPath().substring("/join/".length());
        Json joined =
                nobody.send(
                                "POST",
                                "/v1/join",
                                "{\"secret\":\"" + secret + "\",\"deviceName\":\"reader\"}")
                        .json();
        String project = "/v1/projects/" + joined.at("project", "id").text();
        Caller reader = nobody.with(joined.at("token").text());
        long id = reader.get(project + "/resolve?path=disk.img").json().at("id").number();
        String range = "bytes=" + (MIDDLE - 1) + "-" + (MIDDLE + 1);
        Caller.Reply reply = reader.get(project + "/nodes/" + id + "/content", "Range", range);
        assertThat(reply.status()).isEqualTo(206);
        assertThat(reply.header("Content-Range")).endsWith("/" + TERABYTE);
        return reply.body();
    }

    private static void write(Path file, long offset, byte[] bytes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        }
    }

    private static byte[] read(Path file, long offset, int length) {
        ByteBuffer into = ByteBuffer.allocate(length);
        try (FileChannel channel = FileChannel.open(file)) {
            while (into.hasRemaining() && channel.read(into, offset + into.position()) >= 0) {
                // Reads on.
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return Arrays.copyOf(into.array(), length);
    }

    private static long space(Path file) throws IOException {
        Process stat = new ProcessBuilder("stat", "--format=%b", file.toString()).start();
        byte[] blocks = stat.getInputStream().readAllBytes();
        return 512 * Long.parseLong(new String(blocks, StandardCharsets.US_ASCII).strip());
    }

    /** Bytes of all packs of the server. */
    private static long stored(Path directory) throws IOException {
        try (var files = Files.walk(directory.resolve("server-data"))) {
            long bytes = 0;
            for (Path pack : files.filter(f -> f.toString().endsWith(".pack")).toList()) {
                bytes += Files.size(pack);
            }
            return bytes;
        }
    }
}
