package io.syncline.storage.metadata;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import java.time.Instant;
import java.util.Optional;

/**
 * One thing that was done.
 *
 * @param id 0 before it was added
 * @param action a word of lower-case letters and {@code _}, 1..32
 * @param account who did it; absent where that isn't known, or it was done on the machine itself
 * @param device with which device; absent for a session
 * @param peer from which address; absent where it was done on the machine itself
 * @param project in which project
 * @param subject to what: a name or an id
 * @param detail what is known beyond that
 */
public record AuditEntry(
        long id,
        Instant time,
        String action,
        Optional<AccountId> account,
        Optional<DeviceId> device,
        Optional<String> peer,
        Optional<ProjectId> project,
        Optional<String> subject,
        Optional<String> detail) {
    public AuditEntry {
        time = Millis.of(time);
    }

    /** The same with the id that it got. */
    public AuditEntry as(long other) {
        return new AuditEntry(other, time, action, account, device, peer, project, subject, detail);
    }
}
