package io.syncline.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which Syncline this is, as the build wrote it into {@code version.properties}. */
final class Version {
    private Version() {}

    /** The version's number alone. */
    static String number() {
        return properties().getProperty("version");
    }

    /** The commit that it was built from, or {@code unknown}. */
    static String commit() {
        return properties().getProperty("commit");
    }

    /**
     * One line for people: the version, the commit it was built from, and the Java that runs it.
     */
    static String text() {
        Properties properties = properties();
        return "syncline %s (commit %s, Java %s)"
                .formatted(
                        properties.getProperty("version"),
                        properties.getProperty("commit"),
                        Runtime.version());
    }

    private static Properties properties() {
        var properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties is missing from the jar");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }
}
