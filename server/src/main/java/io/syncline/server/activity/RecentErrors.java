package io.syncline.server.activity;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.wire.JsonWriter;
import io.syncline.server.edge.RequestObserver;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last {@value #ERRORS_MAX} requests that failed or were turned away. Thread-safe. */
final class RecentErrors {
    static final int ERRORS_MAX = 200;
    private static final int REASON_CHARS_MAX = 500;

    private record Failed(Instant time, RequestObserver.Seen request) {}

    private final Deque<Failed> failed = new ArrayDeque<>();

    synchronized void add(Instant time, RequestObserver.Seen request) {
        if (failed.size() == ERRORS_MAX) {
            failed.removeLast();
        }
        failed.addFirst(new Failed(time, request));
    }

    /** The document, the newest first. */
    byte[] toJson() {
        List<Failed> all;
        synchronized (this) {
            all = new ArrayList<>(failed);
        }
        return new JsonWriter()
                .beginObject()
                .array("errors", all, RecentErrors::write)
                .endObject()
                .toBytes();
    }

    private static void write(JsonWriter out, Failed failed) {
        RequestObserver.Seen request = failed.request();
        out.beginObject()
                .member("request", request.id())
                .member("time", failed.time())
                .member("method", request.method())
                .member("template", request.template())
                .member("status", request.status())
                .member("code", request.code().orElse(ErrorCode.INTERNAL).name())
                .member("reason", shown(request.reason()))
                .endObject();
    }

    /** What a failure says may hold halves of characters. */
    private static String shown(String reason) {
        String cut = reason.substring(0, Math.min(reason.length(), REASON_CHARS_MAX - 1));
        return new String(
                cut.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                java.nio.charset.StandardCharsets.UTF_8);
    }
}
