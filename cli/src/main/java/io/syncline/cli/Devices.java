package io.syncline.cli;

import io.syncline.client.api.HistoryApi;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.wire.LogPage;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Devices as authors of changes: who isn't an owner sees others' devices by their work only. */
final class Devices {
    /** Pages of the log that are looked through for a name. */
    private static final int PAGES_MAX = 40;

    private Devices() {}

    /** The one device of that id or name: a listed one, or one that changed something. */
    static DeviceId find(Past past, String wanted, Optional<Instant> since) {
        try {
            return DevicesCommand.find(DevicesCommand.devices(past.link()), wanted).id();
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
            return byWork(past, wanted, since).orElseThrow(() -> e);
        }
    }

    private static Optional<DeviceId> byWork(Past past, String wanted, Optional<Instant> since) {
        Set<DeviceId> found = new HashSet<>();
        HistoryApi.Filter filter = new HistoryApi.Filter(Optional.empty(), since, Optional.empty());
        OptionalLong before = OptionalLong.empty();
        for (int i = 0; i < PAGES_MAX; i++) {
            LogPage page = past.history().log(past.link().project(), filter, before, Past.PAGE);
            page.entries().stream()
                    .filter(entry ->
                            entry.deviceName().equals(wanted)
                                    || entry.device().value().equals(wanted))
                    .forEach(entry -> found.add(entry.device()));
            if (page.before().isEmpty()) {
                break;
            }
            before = OptionalLong.of(page.before().get());
        }
        if (found.size() > 1) {
            throw SynclineException.invalid(
                    "several devices are called "
                            + wanted
                            + "; give the id that 'syncline history --json' shows");
        }
        return found.stream().findFirst();
    }
}
