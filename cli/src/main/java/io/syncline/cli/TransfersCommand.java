package io.syncline.cli;

import io.syncline.client.api.HttpTransfers;
import io.syncline.client.api.ServerAddress;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.wire.Transfer;
import io.syncline.core.wire.TransferJson;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code syncline transfers}: what all devices of the project send and fetch now. */
@Command(
        name = "transfers",
        description = {
            "Lists what the project's devices are sending and fetching now.",
            "What takes less than a moment isn't shown, nor what a device did before its connection"
                    + " broke."
        })
final class TransfersCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Override
    public void run() {
        FolderLink link = main.globals().link(folder.path());
        Console console = main.globals().console();
        List<Transfer> transfers =
                new HttpTransfers(new ServerAddress(link.server(), link.trusted()), link.token())
                        .list(link.project());
        console.document(TransferJson.TRANSFERS.toBytes(transfers));
        transfers.forEach(transfer -> console.line(line(transfer)));
        if (transfers.isEmpty()) {
            console.line("Nothing is being transferred.");
        }
    }

    private static String line(Transfer transfer) {
        long total = transfer.bytes().total();
        long percent = total == 0 ? 100 : Math.min(100, transfer.bytes().done() * 100 / total);
        return "%-20s  %-8s  %3d %%  %8s of %8s  %8s/s  %s"
                .formatted(
                        transfer.deviceName().orElse(""),
                        transfer.direction().name().toLowerCase(Locale.ROOT),
                        percent,
                        Console.bytes(transfer.bytes().done()),
                        Console.bytes(total),
                        Console.bytes(transfer.bytesPerSecond()),
                        transfer.name()
                                .orElseGet(() -> Console.count(transfer.files().total(), "file")));
    }
}
