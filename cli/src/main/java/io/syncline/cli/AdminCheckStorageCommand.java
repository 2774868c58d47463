package io.syncline.cli;

import io.syncline.core.error.ErrorCode;
import io.syncline.server.Server;
import io.syncline.server.check.StorageReport;
import io.syncline.server.config.ServerConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code syncline admin check-storage}: whether a database, a bucket and a bus can be trusted. */
@Command(
        name = "check-storage",
        description = {
            "Tries the stores that the settings name, as two nodes would: whether what is written"
                    + " is read by others, whether transactions and conditions hold, in which order"
                    + " names come, whether what is deleted goes, how long it all takes.",
            "It cleans up after itself. What fails is told with what to do; the exit status then is"
                    + " 12. Run it before a server is started on new stores, and when something is"
                    + " wrong with them; a server may run meanwhile."
        })
final class AdminCheckStorageCommand implements Callable<Integer> {
    @ParentCommand private AdminCommand admin;

    @Mixin private StoreOptions stores;

    @Override
    public Integer call() {
        ServerConfig config = stores.config(stores.flags());
        Path data = config.data().orElseGet(() -> admin.main().globals().home().serverData());
        StorageReport report = Server.checkStorage(config, data.toAbsolutePath().normalize());
        Console console = admin.main().globals().console();
        report.lines().forEach(console::line);
        console.document(report.document().getBytes(StandardCharsets.UTF_8));
        return report.isSound() ? 0 : ErrorCode.UNAVAILABLE.exitStatus();
    }
}
