package io.syncline.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Which Syncline this is, as the build wrote it into {@code version.properties}. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }

    /** The version's number alone. */
    static String number() {
        return properties().getProperty("version");
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
