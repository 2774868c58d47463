package io.syncline.server.operator;

import io.syncline.core.wire.JsonWriter;
import io.syncline.server.quota.Stored;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Quota;
import io.syncline.storage.metadata.Quotas;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a project, or what an account owns, holds and may hold.
 *
 * @param bytes of live content
 * @param nodes that are live
 * @param blockBytes of blocks, plain; 0 for an account
 * @param storedBytes of a project
 */
record Held(
        long bytes,
        long nodes,
        long blockBytes,
        OptionalLong storedBytes,
        OptionalLong bytesMax,
        OptionalLong nodesMax,
        OptionalLong storedBytesMax) {
    /** The limits that hold, the standard ones included. */
    static Held of(ReadTransaction read, Project project) {
        Quotas quotas = read.quotas();
        Usage usage = quotas.usage(project.key());
        Quota quota = quotas.of(project.id()).or(quotas.standard());
        return new Held(
                usage.contentBytes(),
                project.nodes(),
                usage.blockBytes(),
                OptionalLong.of(usage.frameBytes()),
                quota.contentBytes(),
                quota.nodes(),
                Stored.limit(quotas, project));
    }

    static Held of(ReadTransaction read, Account account) {
        Quotas.Owned owned = read.quotas().owned(account.id());
        Quota quota = read.quotas().of(account.id());
        return new Held(
                owned.contentBytes(),
                owned.nodes(),
                0,
                OptionalLong.empty(),
                quota.contentBytes(),
                quota.nodes(),
                OptionalLong.empty());
    }

    byte[] toJson() {
        JsonWriter out = new JsonWriter();
        write(out);
        return out.toBytes();
    }

    void write(JsonWriter out) {
        out.beginObject().member("bytes", bytes).member("nodes", nodes);
        storedBytes.ifPresent(stored -> out.member("storedBytes", stored));
        writeLimits(out);
        out.endObject();
    }

    void writeLimits(JsonWriter out) {
        bytesMax.ifPresent(limit -> out.member("bytesMax", limit));
        nodesMax.ifPresent(limit -> out.member("nodesMax", limit));
        storedBytesMax.ifPresent(limit -> out.member("storedBytesMax", limit));
    }

    /** A quota in words. */
    static String told(Quota quota) {
        List<String> parts = new ArrayList<>();
        quota.contentBytes().ifPresent(limit -> parts.add("bytes " + limit));
        quota.nodes().ifPresent(limit -> parts.add("nodes " + limit));
        quota.frameBytes().ifPresent(limit -> parts.add("stored bytes " + limit));
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }
}
