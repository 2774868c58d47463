package io.syncline.server.openapi;

import io.syncline.core.tree.Hash;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.EntityTags;
import io.syncline.server.edge.Router;
import io.syncline.server.edge.SharedBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code GET /openapi.yaml}: all requests of the protocol, for programs and their generators. */
public final class ApiDocument {
    /** Media type of YAML (RFC 9512). */
    private static final String YAML = "application/yaml";

    private final SharedBytes bytes;
    private final String etag;

    /** The document of this build. */
    public ApiDocument() {
        byte[] document = read();
        this.bytes = new SharedBytes(document);
        this.etag = "\"" + Hash.sha256(document).toHex().substring(0, 32) + "\"";
    }

    private static byte[] read() {
        try (InputStream in = ApiDocument.class.getResourceAsStream("openapi.yaml")) {
            if (in == null) {
                throw new IllegalStateException("openapi.yaml isn't beside its class");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds the address. */
    public void route(Router router) {
        router.add("GET", "/openapi.yaml", this::get);
    }

    private Answer get(Call call) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ETag", etag);
        headers.put("Cache-Control", "public, max-age=3600");
        headers.put("Vary", "Accept-Encoding");
        if (call.header("If-None-Match").filter(tags -> EntityTags.match(tags, etag)).isPresent()) {
            return new Answer(304, headers, new Answer.None());
        }
        headers.put("Content-Type", YAML);
        return new Answer(200, headers, new Answer.Bytes(bytes));
    }
}
