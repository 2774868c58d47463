package io.syncline.server.audit;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.server.edge.Call;
import io.syncline.storage.metadata.AuditEntry;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.WriteTransaction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what was done, in the transaction that does it: both are there afterwards, or
 * neither. What isn't done in the metadata is written down before it is begun. Of failed attempts
 * at secrets at most {@value #FAILURES_MAX} a minute are written by each node; the next one says
 * how many weren't. Thread-safe.
 */
public final class Audit {
    private static final Logger log = LoggerFactory.getLogger(Audit.class);

    /** Longest subject and detail; more is cut. */
    private static final int TEXT_CHARS_MAX = 300;

    private static final int PEER_CHARS_MAX = 64;
    static final int FAILURES_MAX = 100;
    private static final Duration FAILURES_SPAN = Duration.ofMinutes(1);

    private final MetadataStore store;
    private final InstantSource clock;

    private Instant failuresSince = Instant.EPOCH;
    private int failures;

    /** Writes into this store. */
    public Audit(MetadataStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * Who did something.
     *
     * @param peer from which address
     */
    public record Actor(
            Optional<AccountId> account, Optional<DeviceId> device, Optional<String> peer) {
        /** Whoever may do things on the machine itself. */
        public static final Actor LOCAL =
                new Actor(Optional.empty(), Optional.empty(), Optional.empty());

        /** Somebody who isn't known. */
        public static Actor unknown(Call call) {
            return new Actor(Optional.empty(), Optional.empty(), Optional.of(call.peer()));
        }

        /** The same, now that it is known who it is. */
        public Actor as(AccountId known, Optional<DeviceId> by) {
            return new Actor(Optional.of(known), by, peer);
        }

        /** An account, by a device or by a session. */
        public static Actor of(Call call, AccountId account, Optional<DeviceId> device) {
            return new Actor(Optional.of(account), device, Optional.of(call.peer()));
        }
    }

    /**
     * What was done to what.
     *
     * @param subject a name or an id
     * @param detail what is known beyond that; empty for nothing
     */
    public record Deed(Act act, Optional<ProjectId> project, String subject, String detail) {
        /** Outside of projects. */
        public static Deed of(Act act, String subject, String detail) {
            return new Deed(act, Optional.empty(), subject, detail);
        }

        /** In a project. */
        public static Deed in(ProjectId project, Act act, String subject, String detail) {
            return new Deed(act, Optional.of(project), subject, detail);
        }
    }

    /** Writes down what this transaction does, the clock's time with it. */
    public void add(WriteTransaction write, Actor actor, Deed deed) {
        add(write, actor, deed, clock.instant());
    }

    /**
     * Writes down, durably, what is about to be begun outside of the metadata. It isn't begun where
     * this fails.
     */
    public void addFirst(Actor actor, Deed deed) {
        store.write(write -> {
            add(write, actor, deed);
            return true;
        });
    }

    /**
     * A failed attempt did nothing: where the entry can't be written, only the program's log says
     * so.
     */
    private void addAttempt(Actor actor, Deed deed) {
        try {
            addFirst(actor, deed);
        } catch (RuntimeException e) {
            log.atError()
                    .setCause(e)
                    .addKeyValue("act", deed.act())
                    .log("a failed attempt couldn't be written into the audit log");
        }
    }

    /** Writes down what this transaction does, at this time. */
    public static void add(WriteTransaction write, Actor actor, Deed deed, Instant now) {
        write.audit()
                .add(
                        new AuditEntry(
                                0,
                                now,
                                deed.act().word(),
                                actor.account(),
                                actor.device(),
                                actor.peer().flatMap(peer -> text(peer, PEER_CHARS_MAX)),
                                deed.project(),
                                text(deed.subject(), TEXT_CHARS_MAX),
                                text(deed.detail(), TEXT_CHARS_MAX)));
    }

    /** Writes down an attempt that failed, unless there are too many of them. */
    public void addFailure(Actor actor, Act act, String subject) {
        int unwritten = 0;
        synchronized (this) {
            Instant now = clock.instant();
            if (!now.isBefore(failuresSince.plus(FAILURES_SPAN))) {
                unwritten = Math.max(0, failures - FAILURES_MAX);
                failuresSince = now;
                failures = 0;
            }
            failures++;
            if (failures > FAILURES_MAX) {
                return;
            }
        }
        addAttempt(
                actor,
                Deed.of(
                        act,
                        subject,
                        unwritten == 0 ? "" : unwritten + " more failed before and weren't noted"));
    }

    /** Cut to what is kept, and valid: what failed may be anything. */
    private static Optional<String> text(String whole, int most) {
        String cut = whole.substring(0, Math.min(whole.length(), most));
        String valid =
                new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                        .replace('\0', ' ');
        return valid.isEmpty() ? Optional.empty() : Optional.of(valid);
    }
}
