package io.syncline.client.doctor;

import io.syncline.client.daemon.ControlClient;
import io.syncline.client.daemon.DeviceHome;
import io.syncline.client.daemon.DeviceStatus;
import io.syncline.client.daemon.FolderLink;
import io.syncline.client.state.StateFiles;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Checks a device: its home, each folder with its state, the server, and what the system allows.
 * While a daemon runs it is asked instead of opening its files. Repairs only what can't lose
 * anything: permissions, files that a killed daemon left, a state that can't be read (set aside,
 * and made anew from disk and server), and, where that is allowed, a folder's missing marker.
 */
public final class Doctor {
    private final DeviceHome home;
    private final StateFiles states;
    private final InstantSource clock;
    private final RandomGenerator random;

    /**
     * What is wanted.
     *
     * @param folder this one only
     * @param fix repair what is safe to repair
     * @param yes a missing marker may be put back where the content proves that it is the folder
     */
    public record Wishes(Optional<Path> folder, boolean fix, boolean yes) {}

    /** A doctor for the device of this home. */
    public Doctor(DeviceHome home, StateFiles states, InstantSource clock, RandomGenerator random) {
        this.home = home;
        this.states = states;
        this.clock = clock;
        this.random = random;
    }

    /** Looks at everything that is wanted, and repairs it if wanted. */
    public List<Check> examine(Wishes wishes) {
        List<Check> all = new ArrayList<>();
        Checks device = new Checks("this device");
        Optional<ControlClient> daemon = ControlClient.of(home);
        new HomeCheck(home, daemon.isPresent(), wishes.fix()).run(device);
        List<FolderLink> links = links(device, wishes.folder());
        new SystemCheck(links).run(device);
        all.addAll(device.made());
        Optional<DeviceStatus> status = daemon.map(ControlClient::status);
        for (FolderLink link : links) {
            Checks checks = new Checks(link.folder().toString());
            Optional<DeviceStatus.Folder> running =
                    status.stream()
                            .flatMap(now -> now.folders().stream())
                            .filter(folder -> folder.folder().equals(link.folder()))
                            .findFirst();
            new FolderCheck(home, link, states, running, daemon.isPresent(), wishes, clock, random)
                    .run(checks);
            new ServerCheck(link, clock, random).run(checks);
            all.addAll(checks.made());
        }
        return List.copyOf(all);
    }

    private List<FolderLink> links(Checks checks, Optional<Path> only) {
        List<FolderLink> links;
        try {
            links = home.links();
        } catch (SynclineException e) {
            checks.fault(
                    "folders",
                    "what ties folders to projects can't be read: " + e.getMessage(),
                    "move that link.json away and join the folder again with a new link: 'syncline"
                            + " join LINK OTHER-DIR'");
            return List.of();
        }
        if (only.isPresent()) {
            links = links.stream().filter(link -> link.folder().equals(only.get())).toList();
            if (links.isEmpty()) {
                throw new SynclineException(
                        ErrorCode.NOT_FOUND,
                        only.get() + " isn't synced by this device; see 'syncline status'");
            }
        } else if (links.isEmpty()) {
            checks.warning(
                    "folders",
                    "no folder is synced yet",
                    "begin with 'syncline up DIR', or 'syncline join LINK DIR'");
        }
        return links;
    }
}
