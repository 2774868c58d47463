package io.syncline.cli;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.ServerAddress;
import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.ControlClient;
import io.syncline.client.daemon.DeviceHome;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.block.CutParameters;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.JoinAnswer;
import io.syncline.core.wire.JoinLink;
import io.syncline.core.wire.JsonWriter;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline join}: adds this device to a project. */
@Command(
        name = "join",
        description = {
            "Adds this device to a project by a join link and keeps DIR equal to it, until stopped"
                    + " by Ctrl-C.",
            "DIR may be empty, new, or hold files already: both sides are merged and nothing is"
                    + " lost. Run it again, or 'syncline sync', to go on later."
        })
final class JoinCommand implements Callable<Integer> {
    @ParentCommand private Main main;

    @Parameters(
            index = "0",
            paramLabel = "LINK",
            description =
                    "syncline://HOST:PORT/join/SECRET, from 'syncline up' or 'syncline link'. Quote"
                            + " it.")
    private String link;

    @Parameters(
            index = "1",
            paramLabel = "DIR",
            description = "The folder to keep in sync; made if it isn't there.")
    private Path folder;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What others see this device as (default: the machine's name).")
    private @Nullable String name;

    @Option(
            names = "--trust",
            paramLabel = "PEM",
            description =
                    "Trust only the certificates in this file: the server's own, or the authority"
                            + " that signed it.")
    private @Nullable Path trusted;

    @Option(names = "--once", description = "End when everything is in sync.")
    private boolean once;

    @Override
    public Integer call() {
        DeviceHome home = main.globals().home();
        Console console = main.globals().console();
        FolderLink joined = home.link(folder).orElseGet(() -> enrol(home));
        Optional<ControlClient> daemon = ControlClient.of(home);
        if (daemon.isPresent()) {
            daemon.get().wish(ControlClient.Wish.RELOAD, Optional.empty());
            ready(console, home, joined);
            console.note("the running daemon of " + home.directory() + " syncs it");
            return 0;
        }
        Foreground foreground = new Foreground(home, console);
        Optional<Integer> status =
                once
                        ? foreground.untilConverged(Duration.ofDays(1))
                        : foreground.untilStopped(() -> ready(console, home, joined));
        return status.orElseThrow(() -> Globals.alreadyRunning(home));
    }

    private FolderLink enrol(DeviceHome home) {
        JoinLink parsed = JoinLink.parse(link);
        home.checkFree(folder);
        URI server =
                URI.create(
                        (parsed.tls() ? "https://" : "http://")
                                + parsed.host()
                                + ":"
                                + parsed.port());
        Optional<Path> trust = Optional.ofNullable(trusted).map(Path::toAbsolutePath);
        JoinAnswer answer;
        try (ServerApi api =
                new HttpServerApi(new ServerAddress(server, trust), Optional.empty())) {
            api.hello();
            answer = api.join(parsed.secret(), name == null ? DeviceName.ofThisMachine() : name);
        }
        // Cut otherwise than the others do, every file would look edited (R24, R41).
        var _ = CutParameters.of(answer.project().format());
        FolderLink made =
                new FolderLink(
                        new ReplicaId(RandomId.next(new SecureRandom())),
                        DeviceHome.realPath(folder),
                        server,
                        trust,
                        answer.token(),
                        answer.device(),
                        name == null ? DeviceName.ofThisMachine() : name,
                        answer.account(),
                        answer.project().id(),
                        answer.project().name(),
                        answer.project().role());
        home.add(made);
        return made;
    }

    private static void ready(Console console, DeviceHome home, FolderLink joined) {
        console.document(
                new JsonWriter()
                        .beginObject()
                        .member("device", joined.device().value())
                        .member("deviceName", joined.deviceName())
                        .member("project", joined.project().value())
                        .member("folder", joined.folder().toString())
                        .member("home", home.directory().toString())
                        .endObject());
        console.line(
                joined.folder()
                        + " is kept equal to project '"
                        + joined.projectName()
                        + "' as device '"
                        + joined.deviceName()
                        + "'. Stop with Ctrl-C; go on with 'syncline sync'.");
    }
}
