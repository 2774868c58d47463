package io.syncline.cli;

import io.syncline.client.bandwidth.BandwidthLimits;
import io.syncline.client.daemon.BandwidthLimitsJson;
import io.syncline.client.daemon.ControlClient;
import io.syncline.client.daemon.DeviceHome;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code syncline limit}: how much of the line this device takes. */
@Command(
        name = "limit",
        description = {
            "Says how fast this device may send and receive the contents of files, all its folders"
                    + " together. With options, sets that; it holds at once, also for what is under"
                    + " way, and after a restart.",
            "A RATE is in bytes a second, from 10k: 500k, 2MB, 1.5M, 4Mi, or none. What is small"
                    + " and has to be quick, such as names, isn't held back.",
            "  syncline limit --up 2MB              send at most 2 MB a second",
            "  syncline limit --up none --down 10M  receive at most 10 MB a second"
        })
final class LimitCommand implements Runnable {
    @ParentCommand private Main main;

    @Option(
            names = "--up",
            paramLabel = "RATE",
            converter = Amount.Converter.class,
            description = "The most to send.")
    private @Nullable Amount up;

    @Option(
            names = "--down",
            paramLabel = "RATE",
            converter = Amount.Converter.class,
            description = "The most to receive.")
    private @Nullable Amount down;

    @Override
    public void run() {
        DeviceHome home = main.globals().home();
        Optional<ControlClient> daemon = main.globals().daemon();
        BandwidthLimits limits =
                daemon.map(running -> running.status().limits()).orElseGet(home::limits);
        if (up != null || down != null) {
            limits = wanted(limits);
            set(home, daemon, limits);
        }
        Console console = main.globals().console();
        console.document(BandwidthLimitsJson.CODEC.toBytes(limits));
        console.line(words(limits).orElse("no limits"));
    }

    private BandwidthLimits wanted(BandwidthLimits before) {
        BandwidthLimits limits = before;
        if (up != null) {
            limits = limits.withUpload(up.value());
        }
        if (down != null) {
            limits = limits.withDownload(down.value());
        }
        return limits;
    }

    private static void set(
            DeviceHome home, Optional<ControlClient> daemon, BandwidthLimits limits) {
        if (daemon.isPresent()) {
            daemon.get().limit(limits);
        } else if (!home.limit(limits)) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE,
                    "the process that runs " + home.directory() + " doesn't answer; try again");
        }
    }

    /** Both limits for people; empty where there is none. */
    static Optional<String> words(BandwidthLimits limits) {
        return limits.equals(BandwidthLimits.NONE)
                ? Optional.empty()
                : Optional.of(
                        "limits: sends "
                                + words(limits.upload())
                                + ", receives "
                                + words(limits.download()));
    }

    private static String words(OptionalLong rate) {
        return rate.isPresent()
                ? "at most " + Console.bytes(rate.getAsLong()) + "/s"
                : "as fast as it can";
    }
}
