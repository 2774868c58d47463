package io.syncline.server.edge;

import io.syncline.core.error.SynclineException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** A request that came over a socket. */
final class JettyIncoming implements Incoming {
    private final Request request;
    private final BodyReader bodies;
    private @Nullable Fields query;

    JettyIncoming(Request request, BodyReader bodies) {
        this.request = request;
        this.bodies = bodies;
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    /** Its segments are ids and words, so nothing needs decoding. */
    @Override
    public String path() {
        String path = request.getHttpURI().getPath();
        if (path == null || !path.startsWith("/")) {
            throw SynclineException.invalid("the request has no path");
        }
        return path;
    }

    @Override
    public Optional<String> query(String name) {
        Fields parsed = query;
        if (parsed == null) {
            try {
                parsed = Request.extractQueryParameters(request);
            } catch (RuntimeException e) {
                throw SynclineException.invalid("the query isn't well-formed");
            }
            query = parsed;
        }
        return Optional.ofNullable(parsed.getValue(name));
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    @Override
    public Optional<String> cookie(String name) {
        return Request.getCookies(request).stream()
                .filter(cookie -> cookie.getName().equals(name))
                .map(HttpCookie::getValue)
                .findFirst();
    }

    @Override
    public boolean secure() {
        return request.isSecure();
    }

    @Override
    public String authority() {
        return Optional.ofNullable(request.getHttpURI().getAuthority())
                .or(() -> header("Host"))
                .orElse("");
    }

    @Override
    public String peer() {
        SocketAddress address = request.getConnectionMetaData().getRemoteSocketAddress();
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : address.toString();
    }

    @Override
    public byte[] body(int bytesMax) {
        return bodies.read(request, bytesMax);
    }

    @Override
    public ByteBuffer lentBody(int bytesMax) {
        return bodies.readLent(request, bytesMax);
    }

    @Override
    public long bodyBytes() {
        return bodies.bytesRead();
    }

    @Override
    public void reserve(int bytes) {
        bodies.reserve(bytes);
    }
}
