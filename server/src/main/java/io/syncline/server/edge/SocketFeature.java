package io.syncline.server.edge;

/** What a WebSocket address does. */
@FunctionalInterface
public interface SocketFeature {
    /** Judges the opening request; a refusal is thrown and becomes a problem document. */
    Listener accept(Call call);

    /** The receiving side of one WebSocket; called by one thread at a time. */
    interface Listener {
        /** The handshake is done. */
        void opened(Socket socket);

        /** A text message, at most {@code Limits.EVENT_MESSAGE_BYTES_MAX} bytes. */
        void text(String message);

        /** The peer answered a ping. */
        void alive();

        /** The end; nothing else is called afterwards. Called once if {@code opened} was. */
        void closed();
    }
}
