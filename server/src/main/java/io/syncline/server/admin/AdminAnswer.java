package io.syncline.server.admin;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * What a task came to.
 *
 * @param failure as what the program is to end, though the task ran to its end
 * @param document one JSON document
 * @param lines the same for people
 */
public record AdminAnswer(Optional<ErrorCode> failure, String document, List<String> lines) {
    public AdminAnswer {
        lines = List.copyOf(lines);
    }

    static AdminAnswer of(JsonWriter document, List<String> lines) {
        return of(Optional.empty(), document, lines);
    }

    static AdminAnswer of(Optional<ErrorCode> failure, JsonWriter document, List<String> lines) {
        return new AdminAnswer(
                failure, new String(document.toBytes(), StandardCharsets.UTF_8), lines);
    }
}
