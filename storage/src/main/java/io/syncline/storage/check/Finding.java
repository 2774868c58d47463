package io.syncline.storage.check;

import java.util.Optional;

/**
 * One thing that was looked at.
 *
 * @param what is promised
 * @param passed whether it held
 * @param detail what was seen, for people
 * @param advice what to do where it didn't hold
 */
public record Finding(String what, boolean passed, String detail, Optional<String> advice) {
    /** Something that held. */
    public static Finding passed(String what, String detail) {
        return new Finding(what, true, detail, Optional.empty());
    }

    /** Something that didn't. */
    public static Finding failed(String what, String detail, String advice) {
        return new Finding(what, false, detail, Optional.of(advice));
    }

    /** A look that says what it saw, or fails. */
    @FunctionalInterface
    public interface Look {
        /** What was seen; throws where it isn't as it must be. */
        String look() throws Exception;
    }

    /** What a look came to. */
    public static Finding of(String what, String advice, Look look) {
        try {
            return passed(what, look.look());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(what, "interrupted", advice);
        } catch (Exception e) {
            String message = e.getMessage() == null ? e.toString() : e.getMessage();
            return failed(what, message, advice);
        }
    }
}
