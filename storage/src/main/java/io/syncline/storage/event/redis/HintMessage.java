package io.syncline.storage.event.redis;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Event;
import io.syncline.core.wire.WireJson;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.event.TransferHint;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** How hints are spelt between nodes; docs/formats.md, "Hints between nodes". */
final class HintMessage {
    /** Longest message in bytes; longer ones are ignored. */
    static final int BYTES_MAX = 64 << 10;

    private static final String VERSION = "1";
    private static final int ORIGIN_CHARS = 32;
    private static final int DEVICE_CHARS = 32;

    private HintMessage() {}

    /**
     * A message taken apart as far as every kind has it.
     *
     * @param origin the node that published it
     * @param rest what only its kind can read
     */
    record Parts(String origin, String rest) {}

    static byte[] of(String origin, HeadHint hint) {
        Event.Head head =
                new Event.Head(
                        hint.project(), hint.epoch(), hint.sequence(), hint.news(), hint.wanted());
        return bytes(origin + text(head));
    }

    static byte[] of(String origin, TransferHint hint) {
        return bytes(origin + hint.device().value() + text(new Event.Progress(hint.transfer())));
    }

    private static String text(Event event) {
        return new String(WireJson.EVENT.toBytes(event), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return (VERSION + text).getBytes(StandardCharsets.UTF_8);
    }

    /** INVALID where it isn't a message of this version. */
    static Parts parts(byte[] message) {
        int start = VERSION.length() + ORIGIN_CHARS;
        if (message.length > BYTES_MAX || message.length < start || message[0] != '1') {
            throw SynclineException.invalid("no hint of version 1");
        }
        String head = new String(message, 0, start, StandardCharsets.US_ASCII);
        String rest =
                new String(
                        Arrays.copyOfRange(message, start, message.length), StandardCharsets.UTF_8);
        return new Parts(head.substring(VERSION.length()), rest);
    }

    /** INVALID where it isn't a head of this project. */
    static HeadHint head(Parts parts, ProjectId project) {
        if (event(parts.rest()) instanceof Event.Head head && head.project().equals(project)) {
            return new HeadHint(project, head.epoch(), head.sequence(), head.news(), head.wanted());
        }
        throw SynclineException.invalid("no head of that project");
    }

    /** INVALID where it isn't a transfer in this project. */
    static TransferHint transfer(Parts parts, ProjectId project) {
        if (parts.rest().length() > DEVICE_CHARS
                && event(parts.rest().substring(DEVICE_CHARS))
                        instanceof Event.Progress(var transfer)
                && transfer.project().equals(project)) {
            return new TransferHint(
                    new DeviceId(parts.rest().substring(0, DEVICE_CHARS)), transfer);
        }
        throw SynclineException.invalid("no transfer in that project");
    }

    private static Event event(String json) {
        return WireJson.EVENT.fromBytes(json.getBytes(StandardCharsets.UTF_8));
    }
}
