package io.syncline.system.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.syncline.system.endtoend.Json;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** A running {@link NaiveServer}, asked over HTTP as the measured one is. */
final class NaiveProcess implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private final Process process;
    private final URI url;
    private final Path files;

    private NaiveProcess(Process process, URI url, Path files) {
        this.process = process;
        this.url = url;
        this.files = files;
    }

    static NaiveProcess start(Path directory, Path database) throws IOException {
        Path files = Files.createDirectories(directory.resolve("files"));
        ProcessBuilder builder =
                new ProcessBuilder(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-Xmx1g",
                                "-XX:+UseCompactObjectHeaders",
                                "-cp",
                                System.getProperty("java.class.path"),
                                NaiveServer.class.getName(),
                                database.toString(),
                                files.toString()));
        builder.redirectError(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()));
        Process process = builder.start();
        String line = process.inputReader(StandardCharsets.UTF_8).readLine();
        if (line == null) {
            throw new IOException(
                    "the naive server didn't start:\n"
                            + Files.readString(directory.resolve("log")));
        }
        long port = Json.parse(line).at("port").number();
        return new NaiveProcess(process, URI.create("http://127.0.0.1:" + port), files);
    }

    /**
     * A listing that was read.
     *
     * @param wireBytes of its body, packed
     * @param entries how many it had
     * @param textChars of all its texts, which are decoded as any client would
     */
    record Listed(long wireBytes, long entries, long textChars) {}

    /** Gets and unpacks a listing, and reads it as JSON as a client would. */
    Listed list(String path) throws IOException {
        long entries = 0;
        long textChars = 0;
        CountingStream counted = new CountingStream(open(path).getInputStream());
        try (JsonParser json = JSON.createParser(new GZIPInputStream(counted, 64 << 10))) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.START_OBJECT) {
                    entries++;
                } else if (token == JsonToken.VALUE_STRING) {
                    textChars += json.getText().length();
                }
            }
        }
        return new Listed(counted.bytes(), entries, textChars);
    }

    private static final class CountingStream extends FilterInputStream {
        private long bytes;

        CountingStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            bytes += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            int read = super.read(to, from, length);
            bytes += Math.max(0, read);
            return read;
        }

        long bytes() {
            return bytes;
        }
    }

    byte[] get(String path) throws IOException {
        try (InputStream in = open(path).getInputStream()) {
            return in.readAllBytes();
        }
    }

    void put(String path, Path file) throws IOException {
        HttpURLConnection connection = open(path);
        connection.setRequestMethod("PUT");
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(Files.size(file));
        try (var out = connection.getOutputStream()) {
            Files.copy(file, out);
        }
        if (connection.getResponseCode() != 204) {
            throw new IOException("refused: " + path);
        }
    }

    private HttpURLConnection open(String path) throws IOException {
        var connection = (HttpURLConnection) url.resolve(path).toURL().openConnection();
        connection.setConnectTimeout((int) TIMEOUT.toMillis());
        connection.setReadTimeout((int) TIMEOUT.toMillis());
        return connection;
    }

    /** Processor time so far. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Where uploaded files are. */
    Path files() {
        return files;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
