package io.syncline.core.wire;

import io.syncline.core.error.SynclineException;
import java.nio.charset.StandardCharsets;

/** The rule for names that people give to devices, accounts and projects. */
public final class Label {
    private Label() {}

    /**
     * The same label, checked: 1..255 bytes of UTF-8, no control characters, not only blanks.
     *
     * @throws SynclineException INVALID, naming {@code what}
     */
    public static String check(String what, String label) {
        if (label.isBlank()) {
            throw SynclineException.invalid(what + " is empty");
        }
        if (label.length() > Limits.LABEL_BYTES_MAX
                || label.getBytes(StandardCharsets.UTF_8).length > Limits.LABEL_BYTES_MAX) {
            throw SynclineException.invalid(
                    what + " has more than " + Limits.LABEL_BYTES_MAX + " bytes");
        }
        if (label.chars().anyMatch(Character::isISOControl)) {
            throw SynclineException.invalid(what + " has control characters");
        }
        return label;
    }
}
