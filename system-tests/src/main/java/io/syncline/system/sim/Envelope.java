package io.syncline.system.sim;

import io.syncline.client.api.Transport;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Secret;
import io.syncline.server.edge.Incoming;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A request on its way: what the client sent, as the server sees it. */
final class Envelope implements Incoming {
    private final String method;
    private final String path;
    private final String query;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final byte[] body;

    /**
     * A copy: the sender may go on and use its buffers.
     *
     * @param entriesMax what a page of changes may have, whatever its reader asks for
     */
    Envelope(Transport.Request request, Secret token, int entriesMax) {
        this.method = request.method();
        int mark = request.path().indexOf('?');
        this.path = mark < 0 ? request.path() : request.path().substring(0, mark);
        String asked = mark < 0 ? "" : request.path().substring(mark + 1);
        this.query =
                path.endsWith("/changes")
                        ? asked.replaceFirst(
                                "limit=" + Limits.CHANGES_PAGE_ENTRIES_MAX, "limit=" + entriesMax)
                        : asked;
        headers.put("Authorization", "Bearer " + token.value());
        headers.put("Syncline-Protocol", Integer.toString(Limits.PROTOCOL));
        request.range().ifPresent(range -> headers.put("Range", range));
        request.body().ifPresent(sent -> headers.put("Content-Type", sent.type()));
        ByteBuffer bytes =
                request.body().map(sent -> sent.bytes().duplicate()).orElse(ByteBuffer.allocate(0));
        this.body = new byte[bytes.remaining()];
        bytes.get(body);
    }

    /** Bytes of the body. */
    int length() {
        return body.length;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public Optional<String> query(String name) {
        for (String one : query.split("&", -1)) {
            int equals = one.indexOf('=');
            if (equals > 0 && one.substring(0, equals).equals(name)) {
                return Optional.of(
                        URLDecoder.decode(one.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    @Override
    public Optional<String> cookie(String name) {
        return Optional.empty();
    }

    @Override
    public boolean secure() {
        return true;
    }

    @Override
    public String authority() {
        return "server:443";
    }

    @Override
    public String peer() {
        return "192.0.2.1";
    }

    @Override
    public byte[] body(int bytesMax) {
        if (body.length > bytesMax) {
            throw new SynclineException(
                    ErrorCode.TOO_LARGE, "the body has more than " + bytesMax + " bytes");
        }
        return body.clone();
    }

    @Override
    public void reserve(int bytes) {
        // The memory of one simulated server is never short.
    }
}
