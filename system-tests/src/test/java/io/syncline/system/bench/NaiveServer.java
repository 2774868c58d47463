package io.syncline.system.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;

/**
 * The server that one writes first, as a process of its own: a folder's listing is one answer, with
 * a query for its entries and then three for each of them (the file, its newest version, who made
 * it); what changed is found by listing everything; a file is sent whole. It reads the very
 * database of the measured server, through the same driver, with prepared statements, on the same
 * indexes, and packs what it sends as the measured server does: what makes it slow is its design
 * only.
 */
public final class NaiveServer {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int BACKLOG = 200;

    private final Connection connection;
    private final PreparedStatement project;
    private final PreparedStatement children;
    private final PreparedStatement node;
    private final PreparedStatement newest;
    private final PreparedStatement device;
    private final PreparedStatement all;
    private final Path files;

    private NaiveServer(Path database, Path files) throws SQLException {
        this.files = files;
        this.connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        try (var statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = 1");
        }
        this.project = connection.prepareStatement("SELECT key FROM project WHERE id = ?");
        this.children =
                connection.prepareStatement(
                        "SELECT id FROM node WHERE project = ? AND parent = ? AND deleted = 0"
                                + " ORDER BY name");
        this.node =
                connection.prepareStatement(
                        "SELECT name, kind, executable, mtime_ns, level, hash, size, parent,"
                                + " sequence, device FROM node WHERE project = ? AND id = ?");
        this.newest =
                connection.prepareStatement(
                        "SELECT sequence, time, action FROM history WHERE project = ?1"
                                + " AND sequence = (SELECT sequence FROM node WHERE project = ?1"
                                + " AND id = ?2)");
        this.device = connection.prepareStatement("SELECT name FROM device WHERE id = ?");
        this.all =
                connection.prepareStatement(
                        "SELECT id FROM node WHERE project = ? AND deleted = 0 ORDER BY id");
    }

    /**
     * Serves until its standard input ends; prints its port.
     *
     * @param arguments the database, and a folder for what is uploaded
     */
    public static void main(String[] arguments) throws Exception {
        NaiveServer server = new NaiveServer(Path.of(arguments[0]), Path.of(arguments[1]));
        HttpServer http =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/list/", server::list);
        http.createContext("/all/", server::listAll);
        http.createContext("/files/", server::file);
        http.start();
        System.out.println("{\"port\":" + http.getAddress().getPort() + "}");
        while (System.in.read() >= 0) {}
        http.stop(0);
    }

    /** {@code /list/PROJECT/DIRECTORY}. */
    private void list(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/", -1);
        answer(
                exchange,
                json -> {
                    long key = key(path[2]);
                    children.setLong(1, key);
                    children.setLong(2, Long.parseLong(path[3]));
                    describeAll(json, key, children);
                });
    }

    /** {@code /all/PROJECT}. */
    private void listAll(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/", -1);
        answer(
                exchange,
                json -> {
                    long key = key(path[2]);
                    all.setLong(1, key);
                    describeAll(json, key, all);
                });
    }

    private interface Writing {
        void write(JsonGenerator json) throws IOException, SQLException;
    }

    private synchronized void answer(HttpExchange exchange, Writing writing) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.getResponseHeaders().add("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = new GZIPOutputStream(exchange.getResponseBody(), 64 << 10);
                    JsonGenerator json = JSON.createGenerator(out)) {
                json.writeStartArray();
                writing.write(json);
                json.writeEndArray();
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    private long key(String id) throws SQLException {
        project.setBytes(1, HexFormat.of().parseHex(id));
        try (ResultSet row = project.executeQuery()) {
            return row.getLong(1);
        }
    }

    private void describeAll(JsonGenerator json, long key, PreparedStatement which)
            throws IOException, SQLException {
        List<Long> ids = new ArrayList<>();
        try (ResultSet rows = which.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        for (long id : ids) {
            describe(json, key, id);
        }
    }

    private void describe(JsonGenerator json, long key, long id) throws IOException, SQLException {
        node.setLong(1, key);
        node.setLong(2, id);
        newest.setLong(1, key);
        newest.setLong(2, id);
        try (ResultSet row = node.executeQuery();
                ResultSet version = newest.executeQuery()) {
            device.setBytes(1, row.getBytes(10));
            json.writeStartObject();
            json.writeNumberField("id", id);
            json.writeNumberField("parent", row.getLong(8));
            json.writeStringField("name", row.getString(1));
            json.writeStringField("kind", row.getInt(2) == 2 ? "directory" : "file");
            json.writeStringField("mtime", row.getString(4));
            byte[] hash = row.getBytes(6);
            if (hash != null) {
                json.writeNumberField("size", row.getLong(7));
                json.writeNumberField("level", row.getInt(5));
                json.writeStringField("hash", HexFormat.of().formatHex(hash));
            }
            json.writeNumberField("sequence", row.getLong(9));
            json.writeNumberField("changed", version.getLong(2));
            try (ResultSet by = device.executeQuery()) {
                json.writeStringField("device", by.getString(1));
            }
            json.writeEndObject();
        }
    }

    /** {@code /files/} lists names and times; {@code /files/NAME} is put or got whole. */
    private void file(HttpExchange exchange) throws IOException {
        try (exchange) {
            String name = exchange.getRequestURI().getPath().substring("/files/".length());
            if (exchange.getRequestMethod().equals("PUT")) {
                put(name, exchange.getRequestBody());
                exchange.sendResponseHeaders(204, -1);
            } else {
                byte[] bytes = name.isEmpty() ? listing() : Files.readAllBytes(files.resolve(name));
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private void put(String name, InputStream body) throws IOException {
        Path file = files.resolve(name + ".new");
        try (FileChannel out =
                        FileChannel.open(
                                file,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE);
                OutputStream stream = java.nio.channels.Channels.newOutputStream(out)) {
            body.transferTo(stream);
            out.force(true);
        }
        Files.move(file, files.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private byte[] listing() throws IOException {
        StringBuilder text = new StringBuilder();
        try (var entries = Files.list(files)) {
            for (Path file : entries.toList()) {
                if (!file.toString().endsWith(".new")) {
                    text.append(file.getFileName())
                            .append('\t')
                            .append(Files.getLastModifiedTime(file).toInstant())
                            .append('\n');
                }
            }
        }
        return text.toString().getBytes(UTF_8);
    }
}
