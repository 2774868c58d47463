package io.syncline.cli;

import io.syncline.client.daemon.ControlClient;
import io.syncline.client.daemon.DeviceHome;
import io.syncline.client.daemon.DeviceStatus;
import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.daemon.StatusJson;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code syncline status}: what the device is doing. */
@Command(
        name = "status",
        description = {
            "Says what this device is doing: limits of its bandwidth, each folder's state, cursor"
                + " and digest, the work left, transfers, conflicts, problems with what to do about"
                + " them, and what happened lately.",
            "States: converged (disk and server are equal), syncing, paused, stopped (see the"
                    + " reason)."
        })
final class StatusCommand implements Runnable {
    /** The newest notes that people are shown; the document has all. */
    private static final int NOTES_SHOWN = 10;

    @ParentCommand private Main main;

    @Override
    public void run() {
        DeviceStatus status = status(main.globals().home());
        Console console = main.globals().console();
        console.document(StatusJson.CODEC.toBytes(status));
        if (status.folders().isEmpty()) {
            console.line(
                    "No folder is synced yet. Begin with 'syncline up DIR', or 'syncline join LINK"
                            + " DIR'.");
        }
        LimitCommand.words(status.limits()).ifPresent(console::line);
        for (DeviceStatus.Folder folder : status.folders()) {
            print(console, folder);
        }
    }

    /** Live from the daemon, or what is known without one. */
    private static DeviceStatus status(DeviceHome home) {
        return ControlClient.of(home).map(ControlClient::status).orElseGet(() -> notRunning(home));
    }

    private static DeviceStatus notRunning(DeviceHome home) {
        FolderStatus stopped =
                FolderStatus.stopped(
                        "not running",
                        Optional.of("start it with 'syncline sync', or 'syncline up'"),
                        List.of());
        return new DeviceStatus(
                home.directory(),
                home.limits(),
                home.links().stream()
                        .map(link ->
                                new DeviceStatus.Folder(
                                        link.folder(),
                                        link.deviceName(),
                                        link.project(),
                                        link.projectName(),
                                        stopped))
                        .toList());
    }

    private static void print(Console console, DeviceStatus.Folder folder) {
        FolderStatus status = folder.status();
        console.line(
                folder.folder() + "  (" + folder.projectName() + ", as " + folder.device() + ")");
        console.line(
                "  "
                        + status.state().name().toLowerCase(Locale.ROOT)
                        + status.reason().map(reason -> ": " + reason).orElse("")
                        + (status.pending() > 0
                                ? ", " + Console.count(status.pending(), "change") + " to go"
                                : ""));
        status.todo().ifPresent(todo -> console.line("    -> " + todo));
        status.cursor()
                .ifPresent(cursor ->
                        console.line(
                                "  at change "
                                        + cursor.sequence()
                                        + status.digest()
                                                .map(digest ->
                                                        ", digest "
                                                                + digest.toString()
                                                                        .substring(0, 16))
                                                .orElse("")));
        for (FolderStatus.Transfer transfer : status.transfers()) {
            console.line("  " + ProgressLine.text(transfer));
        }
        if (status.conflicts() > 0) {
            console.line(
                    "  "
                            + Console.count(status.conflicts(), "conflict copy")
                                    .replace("copys", "copies")
                            + "; 'syncline conflicts' lists them");
        }
        for (FolderStatus.Problem problem : status.problems()) {
            console.line(
                    "  ! "
                            + (problem.path().isEmpty() ? "" : problem.path() + ": ")
                            + problem.text());
            todo(console, problem.todo());
        }
        if (!status.notes().isEmpty()) {
            console.line("  lately:");
        }
        List<FolderStatus.Note> notes = status.notes();
        for (FolderStatus.Note note :
                notes.subList(Math.max(0, notes.size() - NOTES_SHOWN), notes.size())) {
            console.line(
                    "    "
                            + Times.minutes(note.timeMillis(), ZoneId.systemDefault())
                            + "  "
                            + note.text());
            todo(console, note.todo());
        }
    }

    private static void todo(Console console, String todo) {
        if (!todo.isEmpty()) {
            console.line("      -> " + todo);
        }
    }
}
