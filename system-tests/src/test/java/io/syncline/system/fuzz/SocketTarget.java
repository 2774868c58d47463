package io.syncline.system.fuzz;

import static io.syncline.system.fuzz.Refusals.require;

import io.syncline.core.wire.Secret;
import io.syncline.server.Server;
import io.syncline.server.ServerSettings;
import io.syncline.server.Stores;
import io.syncline.server.edge.EdgeSettings;
import io.syncline.storage.block.memory.MemoryBlockStore;
import io.syncline.storage.block.memory.MemorySnapshotFiles;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a client may say on the event socket: frames of WebSocket (RFC 6455) as they are, or one
 * text message, as the first byte says. The server goes on, or closes for a reason that isn't a
 * fault of its own.
 */
final class SocketTarget implements Target {
    private static final String ID = "0123456789abcdef0123456789abcdef";

    /** RFC 6455 §7.4.1, and ours: what may be the client's doing. */
    private static final Set<Integer> REASONS =
            Set.of(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 4401);

    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int MASKED = 0x80;

    private final Server server;
    private final String token;
    private Optional<Wire> wire = Optional.empty();

    SocketTarget(Path folder) {
        server =
                Server.start(
                        new ServerSettings(
                                folder,
                                EdgeSettings.loopback(0),
                                Optional.of(new Secret("fuzzing")),
                                "test"),
                        new Stores(
                                new MemoryMetadataStore(),
                                new MemoryBlockStore(new SplittableRandom(1)),
                                new MemorySnapshotFiles(InstantSource.system()),
                                new MemoryEventBus()));
        var account = server.admin().account("admin");
        token = server.admin().addDevice(account, "device").token().value();
    }

    @Override
    public String name() {
        return "socket";
    }

    @Override
    public List<byte[]> samples() {
        return List.of(
                led(0, "{\"type\":\"subscribe\",\"projects\":[\"" + ID + "\"],\"transfers\":true}"),
                led(
                        0,
                        "{\"type\":\"transfer\",\"project\":\""
                                + ID
                                + "\",\"transfer\":7,"
                                + "\"direction\":\"upload\",\"filesDone\":1,\"filesTotal\":3,"
                                + "\"bytesDone\":4,\"bytesTotal\":9,\"bytesPerSecond\":5}"),
                led(0, "{\"type\":\"later\"}"),
                new byte[] {1, (byte) 0x81, (byte) 0x82, 0, 0, 0, 0, '{', '}'},
                new byte[] {1, (byte) 0x89, (byte) 0x81, 1, 2, 3, 4, 5},
                new byte[] {
                    1, 1, (byte) 0x81, 0, 0, 0, 0, '{', (byte) 0x80, (byte) 0x81, 0, 0, 0, 0, '}'
                },
                new byte[] {1, (byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 3, (byte) 0xe8});
    }

    private static byte[] led(int kind, String text) {
        return ((char) kind + text).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public long allocationMax(int inputBytes) {
        // Only what this thread takes.
        return (4L << 20) + 100L * inputBytes;
    }

    @Override
    public int briefly() {
        return 200;
    }

    private Wire connect() throws IOException {
        Wire connected = new Wire(server.url().getPort());
        connected.send(
                ("GET /v1/events HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                + "Authorization: Bearer "
                                + token
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        require(connected.answer(true).status() == 101, "no event socket");
        return connected;
    }

    @Override
    public void decode(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        Wire open = wire.isPresent() ? wire.get() : connect();
        wire = Optional.empty();
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        boolean whole = (input[0] & 1) == 0;
        try {
            open.send(whole ? frame(TEXT, rest) : rest);
            open.send(frame(PING, new byte[] {42}));
            if (answers(open.in(), whole)) {
                wire = Optional.of(open);
                return;
            }
        } catch (EOFException | SocketException _) {
            // It closed while we sent; a reason that came before was looked at.
        }
        open.close();
    }

    /**
     * Reads until the ping is answered.
     *
     * @param whole whether what was sent were whole frames, so that this is the ping's answer
     * @return whether the connection goes on
     */
    private static boolean answers(InputStream in, boolean whole) throws IOException {
        if (!whole) {
            // What was sent may have swallowed the ping: nothing need come.
            return false;
        }
        while (true) {
            int opcode = next(in) & 0x0F;
            int length = next(in);
            if (length == 126) {
                length = next(in) << 8 | next(in);
            }
            byte[] payload = in.readNBytes(length);
            if (opcode == PONG && payload.length == 1 && payload[0] == 42) {
                return true;
            }
            if (opcode == CLOSE) {
                int reason = ((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF);
                require(REASONS.contains(reason), "closed with %s", reason);
                return false;
            }
        }
    }

    private static int next(InputStream in) throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("closed");
        }
        return next;
    }

    /** A masked frame (by zeros) of up to 64 KiB. */
    private static byte[] frame(int opcode, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x80 | opcode);
        if (payload.length < 126) {
            out.write(MASKED | payload.length);
        } else {
            out.write(MASKED | 126);
            out.write(payload.length >> 8);
            out.write(payload.length);
        }
        out.writeBytes(new byte[4]);
        out.writeBytes(payload);
        return out.toByteArray();
    }

    @Override
    public void close() {
        server.close();
    }
}
