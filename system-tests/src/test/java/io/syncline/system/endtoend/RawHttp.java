package io.syncline.system.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A connection that says exactly what it is told to, well-formed or not. */
final class RawHttp implements AutoCloseable {
    private static final int ANSWER_BYTES_MAX = 1 << 20;

    private final Socket socket;

    RawHttp(int port) {
        this(port, InetAddress.getLoopbackAddress());
    }

    /** Comes from this address of the machine. */
    RawHttp(int port, InetAddress from) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port, from, 0);
            socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends the text's characters as bytes; false where the server has closed already. */
    boolean send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    boolean send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return true;
        } catch (IOException e) {
            // The server had enough; what it said before can still be read.
            return false;
        }
    }

    /** Says that nothing more comes, while the answer can still be read. */
    void endOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that comes until the server closes or resets the connection. */
    String readAll() {
        StringBuilder answer = new StringBuilder();
        byte[] buffer = new byte[16 << 10];
        try {
            InputStream in = socket.getInputStream();
            for (int n = in.read(buffer);
                    n >= 0 && answer.length() < ANSWER_BYTES_MAX;
                    n = in.read(buffer)) {
                answer.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException e) {
            // Reset: the server closed while it was still being sent to.
            return answer.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return answer.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
