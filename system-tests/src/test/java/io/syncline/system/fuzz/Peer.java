package io.syncline.system.fuzz;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;

/** A server on loopback that answers whatever it is asked with bytes that were chosen before. */
final class Peer implements AutoCloseable {
    private final ServerSocket listening;
    private volatile byte[] answer = new byte[0];

    Peer() throws IOException {
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    void answerNext(byte[] bytes) {
        answer = bytes;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (request(in)) {
                out.write(answer);
                out.flush();
            }
        } catch (IOException _) {
            // The client has gone.
        }
    }

    /** Reads a request; false where there is none any more. */
    private static boolean request(InputStream in) throws IOException {
        int length = 0;
        while (true) {
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    return false;
                }
                line.append((char) next);
            }
            String text = line.toString().strip().toLowerCase(Locale.ROOT);
            if (text.startsWith("content-length:")) {
                length = Integer.parseInt(text.substring(15).strip());
            }
            if (text.isEmpty()) {
                return in.readNBytes(length).length == length;
            }
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
