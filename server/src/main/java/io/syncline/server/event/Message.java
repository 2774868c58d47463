package io.syncline.server.event;

import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Event;
import io.syncline.core.wire.WireJson;
import java.nio.charset.StandardCharsets;

/** An event about a project with its text, spelt once for all who hear it. */
record Message(ProjectId project, Event event, String text) {
    static Message of(Event.Head head) {
        return of(head.project(), head);
    }

    static Message of(Event.Unsubscribed lost) {
        return of(lost.project(), lost);
    }

    static Message of(Event.Progress progress) {
        return of(progress.transfer().project(), progress);
    }

    private static Message of(ProjectId project, Event event) {
        return new Message(
                project, event, new String(WireJson.EVENT.toBytes(event), StandardCharsets.UTF_8));
    }

    /** What is left of two messages that wait: the newer one, saying all that still matters. */
    static Message newer(Message waiting, Message next) {
        Message kept = next.isNewerThan(waiting) ? next : waiting;
        boolean wanted = wanted(waiting) || wanted(next);
        return wanted && kept.event() instanceof Event.Head head && !head.wanted()
                ? of(head.wantedAlso(true))
                : kept;
    }

    private static boolean wanted(Message message) {
        return message.event() instanceof Event.Head head && head.wanted();
    }

    /** Whether this tells of a later head than the other, or can't be compared to it. */
    boolean isNewerThan(Message other) {
        return !(other.event() instanceof Event.Head waiting
                && event instanceof Event.Head head
                && waiting.epoch().equals(head.epoch())
                && waiting.sequence() > head.sequence());
    }
}
