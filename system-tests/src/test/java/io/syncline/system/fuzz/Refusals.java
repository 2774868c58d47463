package io.syncline.system.fuzz;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The exceptions that a decoder is documented to throw. */
final class Refusals {
    private final Set<ErrorCode> documented;

    Refusals(ErrorCode first, ErrorCode... others) {
        documented = EnumSet.of(first, others);
    }

    /** What was decoded; empty where it was refused as documented. */
    <T> Optional<T> of(Supplier<T> decode) {
        try {
            return Optional.of(decode.get());
        } catch (SynclineException e) {
            if (documented.contains(e.code())) {
                return Optional.empty();
            }
            throw new AssertionError("refused with " + e.code() + ", not " + documented, e);
        }
    }

    /** Fails with the message where something isn't as it must be. */
    @FormatMethod
    static void require(boolean right, @FormatString String format, Object... arguments) {
        if (!right) {
            throw new AssertionError(format.formatted(arguments));
        }
    }
}
