package io.syncline.server.config;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads lines {@code KEY = VALUE}. Blank lines and lines that begin with {@code #} say nothing;
 * blanks around key and value don't count; nothing is escaped, quoted or continued, so a value
 * holds exactly what is seen. UTF-8.
 */
final class ConfigFile {
    /** Longest file. */
    static final int BYTES_MAX = 1 << 20;

    private ConfigFile() {}

    /** One line that says something; lines count from 1. */
    record Line(int number, String key, String value) {}

    /**
     * The lines of a file; what isn't a line is noted.
     *
     * @throws SynclineException NOT_FOUND where there is no file, INVALID where it is too long or
     *     isn't UTF-8, UNAVAILABLE where it can't be read
     */
    static List<Line> read(Path file, Problems problems) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw SynclineException.invalid(
                        "the configuration " + file + " has more than " + BYTES_MAX + " bytes");
            }
            return lines(file.toString(), Files.readString(file), problems);
        } catch (NoSuchFileException e) {
            throw new SynclineException(
                    ErrorCode.NOT_FOUND, "there is no configuration " + file, e);
        } catch (CharacterCodingException e) {
            throw new SynclineException(
                    ErrorCode.INVALID, "the configuration " + file + " isn't UTF-8", e);
        } catch (IOException e) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "cannot read the configuration " + file, e);
        }
    }

    static List<Line> lines(String name, String text, Problems problems) {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\r?\n", -1)) {
            number++;
            String said = line.strip();
            if (said.isEmpty() || said.startsWith("#")) {
                continue;
            }
            int equals = said.indexOf('=');
            if (equals <= 0) {
                problems.add(name + ":" + number + ": a line is KEY = VALUE");
                continue;
            }
            lines.add(
                    new Line(
                            number,
                            said.substring(0, equals).strip(),
                            said.substring(equals + 1).strip()));
        }
        return lines;
    }

    /** A secret's file, without the line end that editors add. */
    static String secret(Path file) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw SynclineException.invalid(file + " is too long for a secret");
            }
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .replaceFirst("\r?\n$", "");
        } catch (IOException e) {
            throw new SynclineException(
                    ErrorCode.INVALID, "cannot read the file " + file + ": " + e, e);
        }
    }
}
