package io.syncline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.bandwidth.BandwidthLimits;
import io.syncline.client.daemon.DeviceStatus;
import io.syncline.client.daemon.FolderStatus;
import io.syncline.core.tree.ProjectId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private static FolderStatus.Transfer transfer(String path, long done, long total, long rate) {
        return new FolderStatus.Transfer(FolderStatus.Direction.UPLOAD, path, done, total, rate);
    }

    @Test
    void transferIsALineWithItsRateAndTheTimeLeft() {
        assertThat(
                        ProgressLine.text(
                                transfer("film.mov", 1_200_000_000L, 2_400_000_000L, 120_000_000L)))
                .isEqualTo(
                        "↑ film.mov [##########..........] 50%, 1.2 GB of 2.4 GB, 120 MB/s, 10 s"
                                + " left");
    }

    @Test
    void transferThatStandsStillPromisesNothing() {
        assertThat(ProgressLine.text(transfer("a", 0, 100, 0)))
                .isEqualTo("↑ a [....................] 0%, 0 B of 100 B, 0 B/s");
        assertThat(ProgressLine.text(transfer("empty", 0, 0, 0))).contains("100%");
    }

    @Test
    void noGuessOfManyHoursAfterTheFirstBytes() {
        assertThat(ProgressLine.text(transfer("a", 4_000, 400_000_000, 4_000)))
                .endsWith("4.0 kB/s");
        assertThat(ProgressLine.text(transfer("a", 40_000_000, 400_000_000, 4_000)))
                .endsWith("left");
    }

    @Test
    void withoutATerminalLinesComeSeldomAndWhole() {
        StringWriter out = new StringWriter();
        PrintWriter printer = new PrintWriter(out);
        Console console = new Console(printer, printer, false, false, true);
        ProgressLine line = new ProgressLine(console);
        line.show(status(transfer("a/long/path/to/some/file.bin", 5, 100, 1)));
        line.end();
        // The first is due after a few seconds only: short work prints nothing.
        assertThat(out.toString()).isEmpty();
    }

    private static DeviceStatus status(FolderStatus.Transfer transfer) {
        return new DeviceStatus(
                Path.of("home"),
                BandwidthLimits.NONE,
                List.of(
                        new DeviceStatus.Folder(
                                Path.of("folder"),
                                "device",
                                new ProjectId("0".repeat(32)),
                                "project",
                                new FolderStatus(
                                        FolderStatus.State.SYNCING,
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        1,
                                        0,
                                        List.of(transfer),
                                        List.of(),
                                        0,
                                        0,
                                        Optional.empty(),
                                        List.of(),
                                        List.of()))));
    }
}
