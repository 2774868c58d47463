package io.syncline.client.daemon;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Texts that stand for something of the platform, which refuses wrong ones in its own ways. */
final class Spelling {
    private Spelling() {}

    /** The path; INVALID for one that can't be on this system. */
    static Path path(String text) {
        try {
            return Path.of(text);
        } catch (IllegalArgumentException e) {
            throw new SynclineException(ErrorCode.INVALID, "no path of this system", e);
        }
    }

    /** The address; INVALID where it isn't one. */
    static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new SynclineException(ErrorCode.INVALID, "no address", e);
        }
    }

    /** What a part of an address stands for; INVALID where it is malformed. */
    static String decoded(String part) {
        try {
            return URLDecoder.decode(part, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new SynclineException(ErrorCode.INVALID, "a malformed address", e);
        }
    }
}
