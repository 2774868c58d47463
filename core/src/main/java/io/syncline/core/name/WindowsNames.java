package io.syncline.core.name;

import java.util.Locale;
import java.util.Set;

/** What Windows refuses (Microsoft, "Naming Files, Paths, and Namespaces"). */
final class WindowsNames {
    private static final String RESERVED_CHARACTERS = "<>:\"\\|?*";

    private static final Set<String> DEVICES =
            Set.of("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$");

    private WindowsNames() {}

    static boolean reserved(char c) {
        return c < 0x20 || RESERVED_CHARACTERS.indexOf(c) >= 0;
    }

    static boolean droppedAtEnd(char c) {
        return c == '.' || c == ' ';
    }

    /** Whether the name, whatever its extension, is that of a device. */
    static boolean isDevice(String name) {
        int dot = name.indexOf('.');
        String base = (dot < 0 ? name : name.substring(0, dot)).strip().toUpperCase(Locale.ROOT);
        boolean port = base.length() == 4 && (base.startsWith("COM") || base.startsWith("LPT"));
        return DEVICES.contains(base) || (port && "0123456789¹²³".indexOf(base.charAt(3)) >= 0);
    }

    static boolean holds(String name) {
        if (isDevice(name) || droppedAtEnd(name.charAt(name.length() - 1))) {
            return false;
        }
        return name.chars().noneMatch(c -> reserved((char) c));
    }
}
