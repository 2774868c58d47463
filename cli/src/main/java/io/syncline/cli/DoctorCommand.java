package io.syncline.cli;

import io.syncline.client.daemon.DeviceHome;
import io.syncline.client.doctor.Check;
import io.syncline.client.doctor.Doctor;
import io.syncline.client.state.sqlite.SqliteStateFiles;
import io.syncline.core.wire.JsonWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline doctor}: what is wrong with this device, and what to do. */
@Command(
        name = "doctor",
        description = {
            "Checks this device: its home, the state of each folder, the folder itself, the trash,"
                    + " the system's limits, the clock, the server, and what this device may do"
                    + " there. Says for each what to do.",
            "The exit status is 0 when nothing is wrong, warnings included, and 13 when there is a"
                    + " fault that wasn't repaired."
        })
final class DoctorCommand implements Callable<Integer> {
    /** There is a fault. */
    static final int FAULT = 13;

    @ParentCommand private Main main;

    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            description = "Check this synced folder only (default: all).")
    private @Nullable Path folder;

    @Option(
            names = "--fix",
            description =
                    "Repair what can't lose anything: permissions of private files, what a killed"
                            + " daemon left, and a state that can't be read, which is set aside and"
                            + " made anew. Stop the daemon first.")
    private boolean fix;

    @Option(
            names = "--yes",
            description =
                    "With --fix: put a folder's missing marker back where its content proves that"
                            + " it is the folder.")
    private boolean yes;

    @Override
    public Integer call() {
        DeviceHome home = main.globals().home();
        List<Check> checks =
                new Doctor(home, new SqliteStateFiles(), InstantSource.system(), new SecureRandom())
                        .examine(
                                new Doctor.Wishes(
                                        Optional.ofNullable(folder).map(DeviceHome::knownAs),
                                        fix,
                                        yes));
        Check.Result worst =
                checks.stream()
                        .map(Check::result)
                        .max(Comparator.naturalOrder())
                        .orElse(Check.Result.OK);
        Console console = main.globals().console();
        console.document(
                new JsonWriter()
                        .beginObject()
                        .member("result", worst)
                        .array("checks", checks, DoctorCommand::write)
                        .endObject());
        print(console, checks);
        return worst == Check.Result.FAULT ? FAULT : 0;
    }

    private static void print(Console console, List<Check> checks) {
        String about = "";
        for (Check check : checks) {
            if (!check.about().equals(about)) {
                about = check.about();
                console.line(about);
            }
            console.line(
                    "  %-8s %-15s %s".formatted(word(check.result()), check.name(), check.text()));
            if (!check.todo().isEmpty()) {
                console.line("  %-8s %-15s -> %s".formatted("", "", check.todo()));
            }
        }
        long faults = count(checks, Check.Result.FAULT);
        long warnings = count(checks, Check.Result.WARNING);
        long repaired = count(checks, Check.Result.REPAIRED);
        console.line(
                faults == 0 && warnings == 0 && repaired == 0
                        ? "All is well."
                        : Console.count(faults, "fault")
                                + ", "
                                + Console.count(warnings, "warning")
                                + ", "
                                + repaired
                                + " repaired");
    }

    private static String word(Check.Result result) {
        return result.name().toLowerCase(Locale.ROOT);
    }

    private static long count(List<Check> checks, Check.Result result) {
        return checks.stream().filter(check -> check.result() == result).count();
    }

    private static void write(JsonWriter out, Check check) {
        out.beginObject()
                .member("about", check.about())
                .member("name", check.name())
                .member("result", check.result())
                .member("text", check.text());
        if (!check.todo().isEmpty()) {
            out.member("todo", check.todo());
        }
        out.endObject();
    }
}
