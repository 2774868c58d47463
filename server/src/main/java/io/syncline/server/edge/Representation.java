package io.syncline.server.edge;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Bytes that can be asked for in part, and whether they changed: answers {@code GET} and {@code
 * HEAD} with {@code ETag}, {@code If-None-Match}, {@code Range} and {@code If-Range} (RFC 9110 §13
 * and §14). Several ranges at once are answered with everything, as §14.2 allows.
 *
 * @param headers beside those that follow from the rest
 * @param sizeBytes of all
 * @param writer writes a part of them
 */
public record Representation(Map<String, String> headers, long sizeBytes, PartWriter writer) {
    public Representation {
        headers = new LinkedHashMap<>(headers);
    }

    /** Writes a part of a representation. */
    @FunctionalInterface
    public interface PartWriter {
        /** Writes exactly {@code length} bytes from that one on; blocks while the peer is slow. */
        void write(long from, long length, OutputStream out) throws IOException;
    }

    /** Finds the representation once it is clear that its bytes are wanted. */
    @FunctionalInterface
    public interface Finder {
        Representation find();
    }

    /**
     * The answer to a request for it.
     *
     * @param tag its strong entity tag, with quotes
     * @param headers what also goes with 304, in order
     * @param finder isn't called for 304
     */
    public static Answer answer(Call call, String tag, Map<String, String> headers, Finder finder) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("ETag", tag);
        all.put("Accept-Ranges", "bytes");
        all.putAll(headers);
        if (call.header("If-None-Match").filter(tags -> EntityTags.match(tags, tag)).isPresent()) {
            return new Answer(304, all, new Answer.None());
        }
        Representation found = finder.find();
        all.put("Content-Type", Answer.BINARY);
        all.putAll(found.headers);
        Optional<ByteRange> range =
                call.header("Range")
                        .filter(_ -> call.method().equals("GET"))
                        .filter(_ -> call.header("If-Range").map(tag::equals).orElse(true))
                        .flatMap(header -> ByteRange.parse(header, found.sizeBytes));
        return range.isEmpty()
                ? new Answer(200, all, found.part(0, found.sizeBytes))
                : found.partial(range.get(), all);
    }

    private Answer partial(ByteRange range, Map<String, String> all) {
        if (!range.satisfiable(sizeBytes)) {
            return new Answer(
                    416, Map.of("Content-Range", "bytes */" + sizeBytes), new Answer.None());
        }
        all.put("Content-Range", "bytes " + range.from() + "-" + range.to() + "/" + sizeBytes);
        return new Answer(206, all, part(range.from(), range.length()));
    }

    private Answer.Stream part(long from, long length) {
        return new Answer.Stream(length, out -> writer.write(from, length, out));
    }
}
