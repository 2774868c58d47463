package io.syncline.server.edge;

import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/** One request as a feature sees it. For the thread that handles it only. */
public final class Call {
    private final Incoming request;
    private final String id;
    private final Map<String, String> variables;

    Call(Incoming request, String id, Map<String, String> variables) {
        this.request = request;
        this.id = id;
        this.variables = variables;
    }

    /** The id under which the log and the caller know this request. */
    public String id() {
        return id;
    }

    /** The method in upper case. */
    public String method() {
        return request.method();
    }

    /** The path as sent. */
    String path() {
        return request.path();
    }

    /** What the address holds at a variable of its template. */
    public String variable(String name) {
        String value = variables.get(name);
        if (value == null) {
            throw new IllegalStateException("the address has no variable " + name);
        }
        return value;
    }

    /** A node's id, or another number from 0, in the address. */
    public long number(String variable) {
        return number(variable, variable(variable), 0, Long.MAX_VALUE);
    }

    /** A parameter of the query; the first one where it is repeated. */
    public Optional<String> query(String name) {
        return request.query(name);
    }

    /** A whole number in the query, {@code absent} where it isn't given. */
    public long query(String name, long absent, long min, long max) {
        Optional<String> value = query(name);
        return value.isEmpty() ? absent : number(name, value.get(), min, max);
    }

    private static long number(String name, String value, long min, long max) {
        long number;
        try {
            number = Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw SynclineException.invalid(name + " must be a whole number");
        }
        if (number < min || number > max) {
            throw SynclineException.invalid(name + " must be " + min + ".." + max);
        }
        return number;
    }

    /** A header; the first one where it is repeated. */
    public Optional<String> header(String name) {
        return request.header(name);
    }

    /** A cookie's value. */
    public Optional<String> cookie(String name) {
        return request.cookie(name);
    }

    /** Whether the request came over TLS. */
    public boolean secure() {
        return request.secure();
    }

    /** Where the request was sent to, as its sender spells it: {@code host:port}. */
    public String authority() {
        return request.authority();
    }

    /** The numeric address of the peer, for limits. */
    public String peer() {
        return request.peer();
    }

    /**
     * The whole body, refused before it is read where it is announced to be larger than {@code
     * bytesMax}.
     *
     * @throws SynclineException TOO_LARGE beyond the bound, UNAVAILABLE where it comes too slowly
     */
    public byte[] body(int bytesMax) throws IOException {
        return request.body(bytesMax);
    }

    /**
     * The same, for bodies that may be large: nothing of it may be kept beyond the answer, because
     * its memory is then used for another body.
     */
    public ByteBuffer lentBody(int bytesMax) throws IOException {
        return request.lentBody(bytesMax);
    }

    /** How many bytes of a body were read so far. */
    public long bodyBytes() {
        return request.bodyBytes();
    }

    /**
     * Takes a share of the memory that all requests have, until this one is answered.
     *
     * @throws SynclineException UNAVAILABLE where there is none left for a while
     */
    public void reserve(int bytes) {
        request.reserve(bytes);
    }
}
