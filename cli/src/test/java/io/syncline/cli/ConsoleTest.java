package io.syncline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConsoleTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter error = new StringWriter();

    private Console console(boolean json, boolean quiet) {
        return new Console(new PrintWriter(out), new PrintWriter(error), json, quiet, true);
    }

    @Test
    void withoutATerminalNothingRedrawsItself() {
        assertThat(console(false, false).redraws()).isFalse();
    }

    @Test
    void resultsAreWordsOrDocumentsNeverBoth() {
        Console words = console(false, false);
        words.line("one");
        words.document("{}".getBytes(StandardCharsets.UTF_8));
        assertThat(out.toString()).isEqualToNormalizingNewlines("one\n");
        Console documents = console(true, true);
        documents.line("two");
        documents.note("quiet");
        documents.document("{}".getBytes(StandardCharsets.UTF_8));
        assertThat(out.toString()).isEqualToNormalizingNewlines("one\n{}\n");
        assertThat(error.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.0 kB",
        "1234567, 1.2 MB",
        "123456789, 123 MB",
        "2147483648, 2.1 GB"
    })
    void bytesAreReadable(long bytes, String expected) {
        assertThat(Console.bytes(bytes)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 s", "59, 59 s", "60, 1 min 00 s", "3725, 1 h 02 min"})
    void durationsAreReadable(long seconds, String expected) {
        assertThat(Console.duration(seconds)).isEqualTo(expected);
    }
}
