package io.syncline.server.audit;

import io.syncline.core.tree.AccountId;
import io.syncline.core.wire.JsonWriter;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.AuditEntry;
import io.syncline.storage.metadata.ReadTransaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Pages of the audit log as documents. */
public final class AuditJson {
    private AuditJson() {}

    /**
     * A page, the newest first.
     *
     * @param entries of it
     * @param names of the accounts in them, as far as there are
     * @param before where the next page begins, if there is one
     */
    public record Page(
            List<AuditEntry> entries, Map<AccountId, Account> names, OptionalLong before) {
        /** As {@code GET /v1/admin/audit} answers it. */
        public byte[] toBytes() {
            return document().toBytes();
        }

        /** The same, not yet spelt. */
        public JsonWriter document() {
            JsonWriter out = new JsonWriter().beginObject().array("entries", entries, this::write);
            before.ifPresent(id -> out.member("before", id));
            return out.endObject();
        }

        private void write(JsonWriter out, AuditEntry entry) {
            out.beginObject()
                    .member("id", entry.id())
                    .member("time", entry.time())
                    .member("action", entry.action())
                    .optional("account", entry.account(), (o, id) -> o.text(id.value()))
                    .optional("accountName", name(entry), JsonWriter::text)
                    .optional("device", entry.device(), (o, id) -> o.text(id.value()))
                    .optional("peer", entry.peer(), JsonWriter::text)
                    .optional("project", entry.project(), (o, id) -> o.text(id.value()))
                    .optional("subject", entry.subject(), JsonWriter::text)
                    .optional("detail", entry.detail(), JsonWriter::text)
                    .endObject();
        }

        /** The name of who did it, if that is known. */
        public Optional<String> name(AuditEntry entry) {
            return entry.account()
                    .flatMap(id -> Optional.ofNullable(names.get(id)))
                    .map(Account::name);
        }
    }

    /** Reads a page. */
    public static Page page(
            ReadTransaction read, OptionalLong before, Optional<AccountId> account, int limit) {
        List<AuditEntry> found = read.audit().page(before, account, limit + 1);
        boolean more = found.size() > limit;
        List<AuditEntry> entries = found.subList(0, Math.min(limit, found.size()));
        Map<AccountId, Account> names =
                read.accounts()
                        .find(
                                entries.stream()
                                        .flatMap(entry -> entry.account().stream())
                                        .collect(Collectors.toSet()));
        return new Page(
                entries,
                names,
                more ? OptionalLong.of(entries.getLast().id()) : OptionalLong.empty());
    }
}
