package io.syncline.core.wire;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.Hash;
import java.util.List;
import java.util.Optional;

/** Problem documents (RFC 9457). */
final class ProblemJson {
    /** Most hashes in one list of what is missing. */
    static final int MISSING_HASHES_MAX = 500;

    private static final String TYPE_PREFIX = "urn:syncline:";

    private ProblemJson() {}

    static void write(JsonWriter out, Problem problem) {
        out.beginObject()
                .member("type", TYPE_PREFIX + problem.code().name())
                .member("title", problem.code().name())
                .member("status", problem.code().httpStatus())
                .member("detail", problem.detail())
                .member("instance", problem.instance())
                .optional("resync", problem.resync(), (o, mode) -> o.text(JsonWriter.word(mode)));
        if (problem.fork() != 0) {
            out.member("fork", problem.fork());
        }
        if (!problem.missing().isEmpty()) {
            out.array("missing", problem.missing(), Members::writeHash);
        }
        out.endObject();
    }

    static Problem read(JsonReader in) {
        String type = "";
        int status = 0;
        String detail = "";
        String instance = "";
        Optional<Resync> resync = Optional.empty();
        long fork = 0;
        List<Hash> missing = List.of();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "type" -> type = in.text();
                case "status" -> status = in.integer(100, 599);
                case "detail" -> detail = in.text();
                case "instance" -> instance = in.text();
                case "resync" -> resync = Optional.of(in.word(Resync.class));
                case "fork" -> fork = Members.readSequence(in);
                case "missing" -> missing = in.array(MISSING_HASHES_MAX, Members::readHash);
                default -> in.unknown();
            }
        }
        return new Problem(code(type, status), detail, instance, resync, fork, missing);
    }

    /** A type of a later server, or a proxy's, is read as the code that its status has. */
    private static ErrorCode code(String type, int status) {
        for (ErrorCode code : ErrorCode.values()) {
            if (type.equals(TYPE_PREFIX + code.name())) {
                return code;
            }
        }
        for (ErrorCode code : ErrorCode.values()) {
            if (code.httpStatus() == status) {
                return code;
            }
        }
        return status >= 400 && status < 500 ? ErrorCode.INVALID : ErrorCode.INTERNAL;
    }
}
