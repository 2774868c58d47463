package io.syncline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a device is called where nobody says. */
final class DeviceName {
    private static final int CHARS_MAX = 60;

    private DeviceName() {}

    /** The machine's name, looked up without asking a network. */
    static String ofThisMachine() {
        String name =
                Optional.ofNullable(System.getenv("COMPUTERNAME"))
                        .or(() -> Optional.ofNullable(System.getenv("HOSTNAME")))
                        .or(DeviceName::fromFile)
                        .map(String::strip)
                        .filter(found -> !found.isEmpty())
                        .orElse("device of " + System.getProperty("user.name"));
        return name.length() <= CHARS_MAX ? name : name.substring(0, CHARS_MAX);
    }

    private static Optional<String> fromFile() {
        try {
            return Optional.of(Files.readString(Path.of("/etc/hostname")));
        } catch (IOException e) {
            // Other systems have no such file.
            return Optional.empty();
        }
    }
}
