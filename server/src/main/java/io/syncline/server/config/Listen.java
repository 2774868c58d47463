package io.syncline.server.config;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;

/** {@code HOST:PORT}, as {@code --listen} spells it; IPv6 addresses in brackets. */
public record Listen(String host, int port) {
    /** INVALID where it isn't one. */
    public static Listen parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (colon <= 0 || port < 0 || port > 65_535) {
                throw SynclineException.invalid(message(text));
            }
            return new Listen(text.substring(0, colon).replaceAll("^\\[|]$", ""), port);
        } catch (NumberFormatException e) {
            throw new SynclineException(ErrorCode.INVALID, message(text), e);
        }
    }

    private static String message(String text) {
        return "--listen takes HOST:PORT, such as 127.0.0.1:8420, not " + text;
    }
}
