package io.syncline.cli;

import io.syncline.client.daemon.DeviceHome;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Role;
import io.syncline.server.account.Accounts;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline up}: a server and this device, in one process. */
@Command(
        name = "up",
        description = {
            "Starts a server with embedded stores and keeps DIR in sync with a project on it, in"
                    + " one process, until stopped by Ctrl-C or a signal.",
            "Prints the web address, the admin's password (at the first start only) and a join link"
                    + " for other devices. Without DIR, goes on with the folders of last time."
        })
final class UpCommand implements Callable<Integer> {
    @ParentCommand private Main main;

    @Mixin private ServerOptions options;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "The folder to keep in sync; made if it isn't there.")
    private @Nullable Path folder;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What others see this device as (default: the machine's name).")
    private @Nullable String name;

    @Override
    public Integer call() {
        DeviceHome home = main.globals().home();
        Console console = main.globals().console();
        main.globals().checkNotRunning();
        Optional<FolderLink> known = Optional.ofNullable(folder).flatMap(home::link);
        if (folder == null && home.links().isEmpty()) {
            throw SynclineException.invalid(
                    "which folder? the first time it takes one: syncline up DIR");
        }
        if (folder != null && known.isEmpty()) {
            home.checkFree(folder);
        }
        String project =
                known.or(() -> home.links().stream().findFirst())
                        .map(FolderLink::projectName)
                        .orElseGet(() -> projectName(folder));
        try (ServerOptions.Running running = options.start(home.serverData(), project)) {
            if (folder != null && known.isEmpty()) {
                home.add(link(running, folder));
            }
            return new Foreground(home, console)
                    .untilStopped(() -> {
                        running.announce(console);
                        home.links().forEach(link -> console.note("Syncing     " + link.folder()));
                    })
                    .orElseThrow(() -> Globals.alreadyRunning(home));
        }
    }

    /** Ties the folder to the project as a new device of the admin. */
    private FolderLink link(ServerOptions.Running running, Path directory) {
        String deviceName = name == null ? DeviceName.ofThisMachine() : name;
        Accounts.NewDevice device =
                running.server().admin().addDevice(running.account(), deviceName);
        return new FolderLink(
                new ReplicaId(RandomId.next(new SecureRandom())),
                DeviceHome.realPath(directory),
                running.ownAddress(),
                running.certificate(),
                device.token(),
                device.device(),
                deviceName,
                running.account(),
                running.project(),
                running.projectName(),
                Role.OWNER);
    }

    private static String projectName(@Nullable Path directory) {
        if (directory == null) {
            return "Project";
        }
        Path last = directory.toAbsolutePath().normalize().getFileName();
        return last == null ? "Project" : last.toString();
    }
}
