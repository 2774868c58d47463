package io.syncline.cli;

import io.syncline.core.error.SynclineException;

/** {@code HOST:PORT}, as {@code --listen} spells it; IPv6 addresses in brackets. */
record Listen(String host, int port) {
    static Listen parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (colon <= 0 || port < 0 || port > 65_535) {
                throw SynclineException.invalid(
                        "--listen takes HOST:PORT, such as 127.0.0.1:8420, not " + text);
            }
            return new Listen(text.substring(0, colon).replaceAll("^\\[|]$", ""), port);
        } catch (NumberFormatException e) {
            throw new SynclineException(
                    io.syncline.core.error.ErrorCode.INVALID,
                    "--listen takes HOST:PORT, such as 127.0.0.1:8420, not " + text,
                    e);
        }
    }
}
