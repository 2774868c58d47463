package io.syncline.server;

import static io.syncline.server.TestServer.directory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.DeviceView;
import io.syncline.core.wire.Event;
import io.syncline.core.wire.JoinRequest;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Transfer;
import io.syncline.core.wire.TransferJson;
import io.syncline.core.wire.WireJson;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The event socket as a client sees it. */
class EventTest {
    private final TestServer server = new TestServer();
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        http.shutdownNow();
        server.close();
    }

    /** What came in, in order; the close status last. */
    private static class Ears implements WebSocket.Listener {
        final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        final BlockingQueue<Integer> closes = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                events.add(
                        WireJson.EVENT.fromBytes(text.toString().getBytes(StandardCharsets.UTF_8)));
                text.setLength(0);
            }
            socket.request(1);
            return java.util.concurrent.CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closes.add(status);
            return java.util.concurrent.CompletableFuture.completedStage(null);
        }

        Event next() throws InterruptedException {
            Event event = events.poll(10, TimeUnit.SECONDS);
            assertThat(event).isNotNull();
            return event;
        }

        /** Hints may be repeated: reads on until one says this or more. */
        Event.Head headAtLeast(long sequence) throws InterruptedException {
            while (true) {
                Event.Head head = (Event.Head) next();
                if (head.sequence() >= sequence) {
                    return head;
                }
            }
        }

        int close() throws InterruptedException {
            Integer status = closes.poll(10, TimeUnit.SECONDS);
            assertThat(status).isNotNull();
            return status;
        }
    }

    private WebSocket open(Ears ears, String token) {
        var builder = http.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(10));
        builder.header("Authorization", "Bearer " + token);
        return builder.buildAsync(
                        java.net.URI.create(
                                server.server.url().toString().replace("http", "ws")
                                        + "/v1/events"),
                        ears)
                .join();
    }

    private static void subscribe(WebSocket socket, ProjectId... projects) {
        String text =
                new String(
                        WireJson.EVENT.toBytes(new Event.Subscribe(List.of(projects))),
                        StandardCharsets.UTF_8);
        socket.sendText(text, true).join();
    }

    @Test
    void watcherHearsTheHeadAtOnceAndAfterEachCommit() throws Exception {
        Ears ears = new Ears();
        WebSocket socket = open(ears, server.token);
        subscribe(socket, server.project);
        assertThat(ears.headAtLeast(0).epoch()).isEqualTo(server.view().epoch());
        server.applied(directory(-1, 0, "d"));
        assertThat(ears.headAtLeast(1).project()).isEqualTo(server.project);
        server.applied(directory(-1, 0, "e"), directory(-2, 0, "f"));
        assertThat(ears.headAtLeast(3).sequence()).isEqualTo(3);
    }

    @Test
    void foreignProjectsAreNotWatched() throws Exception {
        Ears ears = new Ears();
        WebSocket socket = open(ears, server.stranger());
        ProjectId unknown = new ProjectId("f".repeat(32));
        subscribe(socket, server.project, unknown);
        List<Event> events = new ArrayList<>(List.of(ears.next(), ears.next()));
        assertThat(events)
                .containsExactlyInAnyOrder(
                        new Event.Unsubscribed(server.project), new Event.Unsubscribed(unknown));
        server.applied(directory(-1, 0, "d"));
        subscribe(socket);
        assertThat(ears.events.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void opensOnlyWithAToken() {
        assertThatThrownBy(() -> open(new Ears(), "sld_nonsense"))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(401));
        server.get("/v1/events").expect(400);
    }

    @Test
    void compressionIsNotNegotiated() throws Exception {
        String request =
                """
                GET /v1/events HTTP/1.1\r
                Host: localhost\r
                Authorization: Bearer %s\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
                Sec-WebSocket-Extensions: permessage-deflate\r
                \r
                """
                        .formatted(server.token);
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.server.url().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = new byte[4_096];
            int read = socket.getInputStream().read(answer);
            assertThat(new String(answer, 0, read, StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 101")
                    .doesNotContain("deflate");
        }
    }

    private String join(Role role) {
        var link = server.server.admin().invite(server.project, role, 1, Duration.ofMinutes(1));
        return server.send(
                        "POST",
                        "/v1/join",
                        "",
                        WireJson.JOIN_REQUEST.toBytes(new JoinRequest(link.secret(), "d")))
                .as(WireJson.JOIN_ANSWER)
                .token()
                .value();
    }

    @Test
    void revokedDeviceIsClosedWith4401() throws Exception {
        String token = join(Role.VIEWER);
        Ears ears = new Ears();
        WebSocket socket = open(ears, token);
        subscribe(socket, server.project);
        ears.headAtLeast(0);
        DeviceView device = server.get("/v1/devices", token).as(WireJson.DEVICES).getFirst();
        server.send("DELETE", "/v1/devices/" + device.id(), server.token, new byte[0]).expect(204);
        assertThat(ears.close()).isEqualTo(4401);
    }

    @Test
    void lostMembershipIsTold() throws Exception {
        String token = join(Role.VIEWER);
        Ears ears = new Ears();
        WebSocket socket = open(ears, token);
        subscribe(socket, server.project);
        ears.headAtLeast(0);
        DeviceView device = server.get("/v1/devices", token).as(WireJson.DEVICES).getFirst();
        server.send("DELETE", server.at("/members/" + device.account()), server.token, new byte[0])
                .expect(204);
        assertThat(ears.next()).isEqualTo(new Event.Unsubscribed(server.project));
        server.applied(directory(-1, 0, "d"));
        assertThat(ears.events.poll(300, TimeUnit.MILLISECONDS)).isNull();
        assertThat(socket.isOutputClosed()).isFalse();
    }

    private static Transfer transfer(ProjectId project, long done) {
        return new Transfer(
                project,
                7,
                Optional.empty(),
                Optional.empty(),
                Transfer.Direction.UPLOAD,
                new Transfer.Amount(0, 1),
                new Transfer.Amount(done, 100),
                1,
                Optional.of("big.bin"),
                false);
    }

    private static void say(WebSocket socket, Event event) {
        socket.sendText(new String(WireJson.EVENT.toBytes(event), StandardCharsets.UTF_8), true)
                .join();
    }

    /** Reads on until it hears of a transfer. */
    private static Transfer transferIn(Ears ears) throws InterruptedException {
        while (true) {
            if (ears.next() instanceof Event.Progress(Transfer transfer)) {
                return transfer;
            }
        }
    }

    /** Hints may be repeated: reads on until a transfer has ended. */
    private static Transfer endIn(Ears ears) throws InterruptedException {
        Transfer transfer = transferIn(ears);
        while (!transfer.ended()) {
            transfer = transferIn(ears);
        }
        return transfer;
    }

    private List<Transfer> transfers() {
        return server.get(server.at("/transfers")).as(TransferJson.TRANSFERS);
    }

    @Test
    void transferIsToldToWhoWantsItAndVanishesWithItsConnection() throws Exception {
        Ears listening = new Ears();
        WebSocket listener = open(listening, server.token);
        say(listener, new Event.Subscribe(List.of(server.project), true));
        listening.headAtLeast(0);
        Ears deaf = new Ears();
        subscribe(open(deaf, server.token), server.project);
        deaf.headAtLeast(0);
        String token = join(Role.VIEWER);
        Ears ears = new Ears();
        WebSocket device = open(ears, token);
        subscribe(device, server.project);
        ears.headAtLeast(0);

        say(device, new Event.Progress(transfer(server.project, 40)));

        Transfer told = transferIn(listening);
        assertThat(told.bytes()).isEqualTo(new Transfer.Amount(40, 100));
        assertThat(told.deviceName()).contains("d");
        assertThat(told.name()).contains("big.bin");
        assertThat(transfers()).containsExactly(told);
        Ears late = new Ears();
        say(open(late, server.token), new Event.Subscribe(List.of(server.project), true));
        assertThat(transferIn(late)).isEqualTo(told);

        device.abort();

        assertThat(endIn(listening)).isEqualTo(told.over());
        assertThat(transfers()).isEmpty();
        assertThat(deaf.events.poll(100, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    @DisplayName("L7 strangers neither tell nor hear of transfers, nor do those that left")
    void strangersHaveNoTransfers() throws Exception {
        String stranger = server.stranger();
        Ears ears = new Ears();
        WebSocket socket = open(ears, stranger);
        say(socket, new Event.Subscribe(List.of(server.project), true));
        assertThat(ears.next()).isEqualTo(new Event.Unsubscribed(server.project));
        say(socket, new Event.Progress(transfer(server.project, 1)));
        server.get(server.at("/transfers"), stranger).expect(ErrorCode.NOT_FOUND);

        String token = join(Role.VIEWER);
        Ears leaving = new Ears();
        WebSocket member = open(leaving, token);
        subscribe(member, server.project);
        leaving.headAtLeast(0);
        Ears own = new Ears();
        say(open(own, server.token), new Event.Subscribe(List.of(server.project), true));
        say(member, new Event.Progress(transfer(server.project, 2)));
        assertThat(transferIn(own).bytes().done()).isEqualTo(2);
        DeviceView device = server.get("/v1/devices", token).as(WireJson.DEVICES).getFirst();
        server.send("DELETE", server.at("/members/" + device.account()), server.token, new byte[0])
                .expect(204);
        assertThat(endIn(own).id()).isEqualTo(7);
        assertThat(transfers()).isEmpty();
    }

    @Test
    void nonsenseIsClosedAndUnknownEventsAreIgnored() throws Exception {
        Ears ears = new Ears();
        WebSocket socket = open(ears, server.token);
        socket.sendText("{\"type\":\"dance\"}", true).join();
        subscribe(socket, server.project);
        ears.headAtLeast(0);
        socket.sendText("{", true).join();
        assertThat(ears.close()).isEqualTo(1007);
    }

    @Test
    void tooLongMessagesAreClosed() throws Exception {
        Ears ears = new Ears();
        WebSocket socket = open(ears, server.token);
        socket.sendText("x".repeat(20_000), true).join();
        assertThat(ears.close()).isEqualTo(1009);
    }

    @Test
    void pingsAreAnswered() throws Exception {
        BlockingQueue<String> pongs = new LinkedBlockingQueue<>();
        Ears ears =
                new Ears() {
                    @Override
                    public CompletionStage<?> onPong(
                            WebSocket socket, java.nio.ByteBuffer message) {
                        pongs.add(StandardCharsets.UTF_8.decode(message).toString());
                        socket.request(1);
                        return java.util.concurrent.CompletableFuture.completedStage(null);
                    }
                };
        WebSocket socket = open(ears, server.token);
        socket.sendPing(java.nio.ByteBuffer.wrap("hi".getBytes(StandardCharsets.UTF_8))).join();
        assertThat(pongs.poll(10, TimeUnit.SECONDS)).isEqualTo("hi");
    }

    @Test
    void stoppingServerClosesWith1012() throws Exception {
        Ears ears = new Ears();
        WebSocket socket = open(ears, server.token);
        subscribe(socket, server.project);
        ears.headAtLeast(0);
        server.server.close();
        assertThat(ears.close()).isEqualTo(1012);
    }
}
