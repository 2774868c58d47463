package io.syncline.cli;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.RestoreAnswer;
import io.syncline.core.wire.RestoreRequest;
import io.syncline.core.wire.Restored;
import io.syncline.core.wire.Restored.Outcome;
import io.syncline.core.wire.WireJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Rewinds page by page. What a page had to refuse because something else had to be done first is
 * done by the next walk over the same changes; it ends with the walk that does nothing more.
 */
final class Rewinding {
    /** Walks at most; each does something, so deeper tangles than this are left and told. */
    private static final int WALKS_MAX = 100;

    /** Nodes whose fate is remembered so that none is told twice. */
    private static final int TOLD_MAX = 1_000_000;

    private final Past past;
    private final Console console;
    private final boolean dryRun;
    private final Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
    private final Set<NodeId> told = new HashSet<>();

    Rewinding(Past past, Console console, boolean dryRun) {
        this.past = past;
        this.console = console;
        this.dryRun = dryRun;
    }

    /** Does it all, telling each node, then the counts. */
    void run(Instant since, RestoreRequest.Scope scope) {
        OptionalLong until = OptionalLong.empty();
        List<Restored> refused = new ArrayList<>();
        for (int walk = 0; walk < WALKS_MAX; walk++) {
            boolean progress = false;
            refused.clear();
            OptionalLong before = OptionalLong.empty();
            do {
                RestoreAnswer page =
                        past.history()
                                .restore(
                                        past.link().project(),
                                        new RestoreRequest(
                                                past.commitId(),
                                                dryRun,
                                                new RestoreRequest.Rewind(
                                                        since, scope, until, before)));
                until = page.until();
                before = page.before();
                for (Restored restored : page.results()) {
                    if (restored.outcome() == Outcome.REFUSED) {
                        if (refused.size() < TOLD_MAX) {
                            refused.add(restored);
                        }
                    } else {
                        progress |= restored.now().isPresent();
                        tell(restored);
                    }
                }
            } while (before.isPresent());
            if (dryRun || !progress) {
                break;
            }
        }
        refused.forEach(this::tell);
        summary();
    }

    /** Tells what became of single versions; fails where one isn't back. */
    void told(RestoreAnswer answer) {
        answer.results().forEach(this::tell);
        summary();
        for (Restored restored : answer.results()) {
            if (restored.outcome() == Outcome.EXPIRED) {
                throw new SynclineException(
                        ErrorCode.NOT_FOUND, "this version isn't remembered any more");
            }
            if (restored.outcome() == Outcome.REFUSED) {
                throw new SynclineException(
                        ErrorCode.STALE,
                        "nothing was restored: "
                                + words(restored)
                                + "; 'syncline ls' shows what is there");
            }
        }
    }

    private void tell(Restored restored) {
        if (restored.outcome() == Outcome.SAME
                || (told.size() < TOLD_MAX && !told.add(restored.id()))) {
            return;
        }
        counts.merge(restored.outcome(), 1L, Long::sum);
        console.document(
                new JsonWriter()
                        .beginObject()
                        .member("id", restored.id().value())
                        .member("path", restored.path())
                        .member("outcome", restored.outcome())
                        .optional("now", restored.now(), WireJson.NODE::write)
                        .optional("reason", restored.reason(), (out, r) -> out.text(r.name()))
                        .endObject());
        console.line("%-11s  %s".formatted(words(restored), restored.path()));
    }

    private static String words(Restored restored) {
        return switch (restored.outcome()) {
            case RESTORED -> "restored";
            case MOVED -> "moved back";
            case RECREATED -> "re-created";
            case DELETED -> "deleted";
            case SAME -> "as it was";
            case KEPT -> "kept";
            case EXPIRED -> "forgotten";
            case REFUSED ->
                    switch (restored.reason().orElse(ChangeResult.Reason.INVALID)) {
                        case NOT_EMPTY -> "not empty";
                        case NAME_TAKEN -> "name taken";
                        case MISSING_BLOCKS -> "bytes gone";
                        case STALE -> "changed";
                        case PARENT_GONE -> "no folder";
                        case QUOTA -> "over quota";
                        case CYCLE, TOO_LARGE, INVALID, ABORTED -> "refused";
                    };
        };
    }

    private void summary() {
        JsonWriter document = new JsonWriter().beginObject().member("dryRun", dryRun);
        List<String> parts = new ArrayList<>();
        for (Outcome outcome : Outcome.values()) {
            long count = counts.getOrDefault(outcome, 0L);
            document.member(outcome.name().toLowerCase(Locale.ROOT), count);
            if (count > 0) {
                parts.add(count(outcome, count));
            }
        }
        console.document(document.endObject());
        String sum = parts.isEmpty() ? "Nothing to do." : String.join(", ", parts) + ".";
        console.line(dryRun && !parts.isEmpty() ? "Would be done: " + sum : sum);
    }

    private static String count(Outcome outcome, long count) {
        String number = String.format(Locale.ROOT, "%,d ", count);
        return number
                + switch (outcome) {
                    case RESTORED -> "restored";
                    case MOVED -> "moved back";
                    case RECREATED -> "re-created";
                    case DELETED -> "deleted";
                    case SAME -> "as before";
                    case KEPT -> "kept, because others changed them later";
                    case EXPIRED -> "whose past is forgotten";
                    case REFUSED -> "left as they are";
                };
    }
}
