package io.syncline.server.edge;

/** The sending side of one WebSocket. Thread-safe. Nothing here blocks or fails. */
public interface Socket {
    /**
     * Sends one text message; to be called again only after {@code done} ran.
     *
     * @param done runs once, on any thread: true when the message left this process
     */
    void send(String text, Done done);

    /** Asks the peer for a sign of life. */
    void ping();

    /** Says good-bye with this status (RFC 6455 §7.4) and closes. */
    void close(int status, String reason);

    /** Cuts the connection without a word: for peers that don't read. */
    void cut();

    /** Called when a message left or can't leave any more. */
    @FunctionalInterface
    interface Done {
        /** Called once. */
        void done(boolean sent);
    }
}
