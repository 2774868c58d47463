package io.syncline.server.edge;

import java.nio.ByteBuffer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Translates between the library's WebSocket and ours. Public only because the library calls it by
 * method handles, which need that; nobody else can make one.
 */
public final class JettySocket extends Session.Listener.AbstractAutoDemanding implements Socket {
    private static final Logger log = LoggerFactory.getLogger(JettySocket.class);

    private static final int NOT_TEXT = 1003;

    private final SocketFeature.Listener listener;

    JettySocket(SocketFeature.Listener listener) {
        this.listener = listener;
    }

    @Override
    public void onWebSocketOpen(Session session) {
        super.onWebSocketOpen(session);
        listener.opened(this);
    }

    @Override
    public void onWebSocketText(String message) {
        listener.text(message);
    }

    /** Events are text (RFC 6455 §7.4.1: a type of data that can't be accepted). */
    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        callback.succeed();
        close(NOT_TEXT, "events are text");
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
        listener.alive();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        // Broken connections and silent peers are everyday; the close that follows is what counts.
        log.atDebug().addKeyValue("reason", cause.toString()).log("socket failed");
    }

    @Override
    public void onWebSocketClose(int statusCode, String reason, Callback callback) {
        listener.closed();
        callback.succeed();
    }

    @Override
    public void send(String text, Done done) {
        try {
            getSession()
                    .sendText(text, Callback.from(() -> done.done(true), _ -> done.done(false)));
        } catch (RuntimeException e) {
            // Too many frames wait, or the session is gone.
            done.done(false);
        }
    }

    @Override
    public void ping() {
        try {
            getSession().sendPing(ByteBuffer.allocate(0), Callback.from(() -> {}, _ -> cut()));
        } catch (RuntimeException e) {
            cut();
        }
    }

    @Override
    public void close(int status, String reason) {
        try {
            getSession().close(status, reason, Callback.from(() -> {}, _ -> cut()));
        } catch (RuntimeException e) {
            cut();
        }
    }

    @Override
    public void cut() {
        Session session = getSession();
        if (session != null) {
            session.disconnect();
        }
    }
}
