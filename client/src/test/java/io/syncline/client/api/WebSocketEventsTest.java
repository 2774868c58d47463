package io.syncline.client.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Event;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.WireJson;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a WebSocket server (RFC 6455) of a few lines, which does only what the test says. */
@Timeout(30)
class WebSocketEventsTest {
    private static final ProjectId PROJECT = new ProjectId("0123456789abcdef0123456789abcdef");
    private static final Epoch EPOCH = new Epoch("00000000000000000000000000000001");

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private ServerSocket listening;
    private @Nullable WebSocketEvents events;

    @BeforeEach
    void listen() throws IOException {
        listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        listening.setSoTimeout(10_000);
    }

    @AfterEach
    void stop() throws IOException {
        if (events != null) {
            events.close();
        }
        listening.close();
    }

    private WebSocketEvents connect(Duration silenceMax) {
        var listener =
                new EventChannel.Listener() {
                    @Override
                    public void connected() {
                        told.add("connected");
                    }

                    @Override
                    public void disconnected(String reason) {
                        told.add("disconnected");
                    }

                    @Override
                    public void head(ProjectId project, Cursor head, Optional<ChangesPage> news) {
                        told.add("head " + head.sequence());
                    }

                    @Override
                    public void wanted(ProjectId project) {
                        told.add("blocks are wanted");
                    }

                    @Override
                    public void unsubscribed(ProjectId project) {
                        told.add("unsubscribed");
                    }

                    @Override
                    public void stopped(ErrorCode code, String reason) {
                        told.add("stopped " + code);
                    }
                };
        events =
                new WebSocketEvents(
                        ServerAddress.parse("http://127.0.0.1:" + listening.getLocalPort()),
                        new Secret("sld_token"),
                        listener,
                        InstantSource.system(),
                        new Random(1),
                        Duration.ofMillis(5),
                        silenceMax);
        return events;
    }

    private String nextTold() throws InterruptedException {
        String next = told.poll(10, TimeUnit.SECONDS);
        return next == null ? "nothing was told" : next;
    }

    /** One accepted connection. */
    private final class Peer implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;
        private final StringBuilder request = new StringBuilder();

        Peer() throws IOException {
            socket = listening.accept();
            socket.setSoTimeout(10_000);
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
            while (!request.toString().endsWith("\r\n\r\n")) {
                request.append((char) in.readUnsignedByte());
            }
        }

        Peer upgrade() throws IOException, NoSuchAlgorithmException {
            String key =
                    request.toString()
                            .lines()
                            .filter(l -> l.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key"))
                            .findFirst()
                            .orElseThrow();
            String accept =
                    key.substring(key.indexOf(':') + 1).strip()
                            + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
            byte[] hash = MessageDigest.getInstance("SHA-1").digest(accept.getBytes(ISO_8859_1));
            answer(
                    "101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: "
                            + Base64.getEncoder().encodeToString(hash));
            return this;
        }

        void answer(String head) throws IOException {
            out.write(("HTTP/1.1 " + head + "\r\n\r\n").getBytes(ISO_8859_1));
            out.flush();
        }

        void send(int opcode, byte[] payload) throws IOException {
            out.write(0x80 | opcode);
            if (payload.length < 126) {
                out.write(payload.length);
            } else {
                out.write(new byte[] {126, (byte) (payload.length >> 8), (byte) payload.length});
            }
            out.write(payload);
            out.flush();
        }

        void event(Event event) throws IOException {
            send(1, WireJson.EVENT.toBytes(event));
        }

        /** The payload of the next frame, whose opcode must be that one. */
        byte[] receive(int opcode) throws IOException {
            assertThat(in.readUnsignedByte()).isEqualTo(0x80 | opcode);
            int length = in.readUnsignedByte() & 0x7f;
            length = length == 126 ? in.readUnsignedShort() : length;
            byte[] mask = in.readNBytes(4);
            byte[] payload = in.readNBytes(length);
            for (int i = 0; i < length; i++) {
                payload[i] ^= mask[i % 4];
            }
            return payload;
        }

        Event receiveEvent() throws IOException {
            return WireJson.EVENT.fromBytes(receive(1));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static byte[] close(int status) {
        return new byte[] {(byte) (status >> 8), (byte) status};
    }

    @Test
    void subscriptionIsSentAndHeadsAreTold() throws Exception {
        WebSocketEvents channel = connect(Duration.ofMinutes(1));
        channel.watch(List.of(PROJECT));
        try (Peer peer = new Peer().upgrade()) {
            assertThat(peer.request.toString().toLowerCase(Locale.ROOT))
                    .contains("get /v1/events")
                    .contains("authorization: bearer sld_token")
                    .contains("syncline-protocol: 1");
            assertThat(peer.receiveEvent()).isEqualTo(new Event.Subscribe(List.of(PROJECT)));
            peer.event(new Event.Head(PROJECT, EPOCH, 7));
            peer.send(1, "{\"type\":\"of-the-future\",\"x\":1}".getBytes(UTF_8));
            peer.event(new Event.Unsubscribed(PROJECT));

            assertThat(nextTold()).isEqualTo("connected");
            assertThat(nextTold()).isEqualTo("head 7");
            assertThat(nextTold()).isEqualTo("unsubscribed");

            channel.watch(List.of());
            assertThat(peer.receiveEvent()).isEqualTo(new Event.Subscribe(List.of()));
        }
    }

    @Test
    void lostConnectionIsMadeAnewAndSubscribedAgain() throws Exception {
        WebSocketEvents channel = connect(Duration.ofMinutes(1));
        channel.watch(List.of(PROJECT));
        new Peer().close();
        try (Peer refused = new Peer()) {
            refused.answer("503 Unavailable\r\nContent-Length: 0");
        }
        try (Peer peer = new Peer().upgrade()) {
            peer.receiveEvent();
            peer.send(8, close(1012));
            assertThat(nextTold()).isEqualTo("connected");
            assertThat(nextTold()).isEqualTo("disconnected");
        }
        try (Peer peer = new Peer().upgrade()) {
            assertThat(peer.receiveEvent()).isEqualTo(new Event.Subscribe(List.of(PROJECT)));
            peer.event(new Event.Head(PROJECT, EPOCH, 8).wantedAlso(true));
            assertThat(nextTold()).isEqualTo("connected");
            assertThat(nextTold()).isEqualTo("head 8");
            assertThat(nextTold()).isEqualTo("blocks are wanted");
        }
    }

    @Test
    void silentConnectionIsGivenUpAndPingsKeepItAlive() throws Exception {
        connect(Duration.ofMillis(600));
        try (Peer peer = new Peer().upgrade()) {
            peer.receiveEvent();
            assertThat(nextTold()).isEqualTo("connected");
            for (int i = 0; i < 8; i++) {
                peer.send(9, new byte[] {(byte) i});
                assertThat(peer.receive(10)).containsExactly(i);
                assertThat(told.poll(150, TimeUnit.MILLISECONDS)).isNull();
            }
            assertThat(nextTold()).isEqualTo("disconnected");
        }
        try (Peer peer = new Peer().upgrade()) {
            peer.receiveEvent();
            assertThat(nextTold()).isEqualTo("connected");
        }
    }

    @Test
    void revokedTokenStopsTheChannel() throws Exception {
        connect(Duration.ofMinutes(1));
        try (Peer peer = new Peer().upgrade()) {
            peer.receiveEvent();
            peer.send(8, close(4401));
            assertThat(nextTold()).isEqualTo("connected");
            assertThat(nextTold()).isEqualTo("disconnected");
            assertThat(nextTold()).isEqualTo("stopped UNAUTHENTICATED");
        }
    }

    @Test
    void refusedTokenStopsTheChannel() throws Exception {
        connect(Duration.ofMinutes(1));
        try (Peer peer = new Peer()) {
            peer.answer("401 Unauthorized\r\nContent-Length: 0");
            assertThat(nextTold()).isEqualTo("stopped UNAUTHENTICATED");
        }
    }

    @Test
    void oldProgramStopsTheChannel() throws Exception {
        connect(Duration.ofMinutes(1));
        try (Peer peer = new Peer()) {
            peer.answer("426 Upgrade Required\r\nContent-Length: 0");
            assertThat(nextTold()).isEqualTo("stopped UPGRADE_REQUIRED");
        }
    }

    @Test
    void malformedAndOversizedMessagesEndTheConnection() throws Exception {
        connect(Duration.ofMinutes(1));
        byte[] oversized = ("{\"type\":\"" + "x".repeat(20_000) + "\"}").getBytes(UTF_8);
        for (byte[] bad : List.of("{".getBytes(UTF_8), oversized)) {
            try (Peer peer = new Peer().upgrade()) {
                peer.receiveEvent();
                assertThat(nextTold()).isEqualTo("connected");
                peer.send(1, bad);
                assertThat(nextTold()).isEqualTo("disconnected");
            }
        }
    }

    @Test
    void closedChannelIsSilentAndGone() throws Exception {
        WebSocketEvents channel = connect(Duration.ofMinutes(1));
        try (Peer peer = new Peer().upgrade()) {
            peer.receiveEvent();
            assertThat(nextTold()).isEqualTo("connected");
            channel.close();
            assertThat(peer.in.read()).isEqualTo(-1);
            assertThat(told).isEmpty();
        }
    }
}
