package io.syncline.server.admin;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A task with its options, by name.
 *
 * @param task lower-case, as on the command line
 */
public record AdminRequest(String task, Map<String, String> options) {
    public AdminRequest {
        options = Map.copyOf(options);
    }

    Optional<String> text(String option) {
        return Optional.ofNullable(options.get(option));
    }

    boolean flag(String option) {
        return options.containsKey(option);
    }

    /** A number that isn't negative. */
    OptionalLong number(String option) {
        String text = options.get(option);
        if (text == null) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return OptionalLong.of(number);
            }
        } catch (NumberFormatException e) {
            throw new SynclineException(ErrorCode.INVALID, option + " isn't a number", e);
        }
        throw SynclineException.invalid(option + " can't be negative");
    }
}
