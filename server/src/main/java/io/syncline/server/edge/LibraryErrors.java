package io.syncline.server.edge;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.RandomId;
import java.security.SecureRandom;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Says in our words what the library refuses before a handler sees it. */
final class LibraryErrors extends ErrorHandler {
    private final SecureRandom random = new SecureRandom();

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String id = RandomId.next(random).substring(0, 16);
        Answer answer = problem(response.getStatus(), id);
        EdgeHandler.putCommonHeaders(response.getHeaders(), id);
        response.setStatus(answer.status());
        response.getHeaders().put("Content-Type", "application/problem+json");
        response.getHeaders().put("Cache-Control", "no-store");
        // The library closes the connection after these: who doesn't know sends the next one into
        // it.
        response.getHeaders().put("Connection", "close");
        if (answer.body() instanceof Answer.Bytes(SharedBytes bytes)) {
            response.write(true, bytes.plain(), callback);
        } else {
            callback.succeeded();
        }
        return true;
    }

    private static Answer problem(int status, String id) {
        return switch (status) {
            case 413, 414, 431 ->
                    Problems.answer(ErrorCode.TOO_LARGE, "the address or headers are too long", id);
            case 404 ->
                    Problems.answer(ErrorCode.NOT_FOUND, "there is nothing at this address", id);
            default ->
                    status < 500
                            ? Problems.answer(
                                    ErrorCode.INVALID, "this isn't a well-formed request", id)
                            : Problems.answer(
                                    status == 503 ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
                                    "the server failed before it saw the request",
                                    id);
        };
    }
}
