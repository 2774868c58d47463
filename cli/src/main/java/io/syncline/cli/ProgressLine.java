package io.syncline.cli;

import io.syncline.client.daemon.DeviceStatus;
import io.syncline.client.daemon.FolderStatus;
import java.util.List;
import java.util.Locale;

/**
 * How far the transfers are: one line that redraws itself on a terminal, else a plain line now and
 * then.
 */
final class ProgressLine {
    /** In the first hundredth of a transfer no longer guess is shown. */
    private static final long GUESS_SECONDS_MAX = 60 * 60;

    private static final int BAR_CHARS = 20;

    /** A line that is redrawn must fit into a terminal's 80 columns: longer ones would scroll. */
    private static final int PATH_CHARS_MAX = 18;

    private static final long PLAIN_LINE_NANOS = 5_000_000_000L;

    private final Console console;
    private String last = "";
    private long lastPlainNanos;

    ProgressLine(Console console) {
        this.console = console;
        this.lastPlainNanos = System.nanoTime();
    }

    /** Shows the status of this moment. Call it a few times a second. */
    void show(DeviceStatus status) {
        String text = text(status, console.redraws() ? PATH_CHARS_MAX : Integer.MAX_VALUE);
        if (console.redraws()) {
            if (!text.equals(last)) {
                console.redraw(text);
            }
        } else if (!text.equals(last) && System.nanoTime() - lastPlainNanos >= PLAIN_LINE_NANOS) {
            lastPlainNanos = System.nanoTime();
            console.note(text);
        } else {
            return;
        }
        last = text;
    }

    /** Leaves the line so that others may follow it. */
    void end() {
        if (console.redraws()) {
            console.redraw("");
        }
    }

    private static String text(DeviceStatus status, int pathChars) {
        List<FolderStatus.Transfer> transfers =
                status.folders().stream()
                        .flatMap(folder -> folder.status().transfers().stream())
                        .toList();
        if (!transfers.isEmpty()) {
            return text(transfers.getFirst(), pathChars)
                    + (transfers.size() > 1 ? ", " + (transfers.size() - 1) + " more" : "");
        }
        long pending =
                status.folders().stream().mapToLong(folder -> folder.status().pending()).sum();
        String state = status.worst().name().toLowerCase(Locale.ROOT);
        return pending > 0 ? state + ", " + Console.count(pending, "change") + " to go" : state;
    }

    /**
     * A transfer as a line: {@code ↑ film.mov [#####.....] 52%, 1.2 of 2.3 GB, 110 MB/s, 9 s left}.
     */
    static String text(FolderStatus.Transfer transfer) {
        return text(transfer, Integer.MAX_VALUE);
    }

    private static String text(FolderStatus.Transfer transfer, int pathChars) {
        double part =
                transfer.totalBytes() == 0
                        ? 1
                        : (double) transfer.doneBytes() / transfer.totalBytes();
        int full = (int) Math.min(BAR_CHARS, Math.round(part * BAR_CHARS));
        return (transfer.direction() == FolderStatus.Direction.UPLOAD ? "↑ " : "↓ ")
                + shortened(transfer.path(), pathChars)
                + " ["
                + "#".repeat(full)
                + ".".repeat(BAR_CHARS - full)
                + "] "
                + Math.round(part * 100)
                + "%, "
                + Console.bytes(transfer.doneBytes())
                + " of "
                + Console.bytes(transfer.totalBytes())
                + ", "
                + Console.bytes(transfer.bytesPerSecond())
                + "/s"
                + left(transfer);
    }

    /** Empty as long as too little has travelled for a guess that anyone would believe. */
    private static String left(FolderStatus.Transfer transfer) {
        if (transfer.bytesPerSecond() <= 0) {
            return "";
        }
        long seconds = (transfer.totalBytes() - transfer.doneBytes()) / transfer.bytesPerSecond();
        boolean tooEarly = transfer.doneBytes() < transfer.totalBytes() / 100;
        return tooEarly && seconds > GUESS_SECONDS_MAX
                ? ""
                : ", " + Console.duration(seconds) + " left";
    }

    /** With its middle left out where it is longer: the file's name says most. */
    private static String shortened(String path, int charsMax) {
        int chars = path.codePointCount(0, path.length());
        if (chars <= charsMax) {
            return path;
        }
        int end = path.offsetByCodePoints(path.length(), 1 - charsMax);
        return "…" + path.substring(end);
    }
}
