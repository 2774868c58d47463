package io.syncline.server.admin;

import io.syncline.core.tree.AccountId;
import io.syncline.server.audit.AuditJson;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.AuditEntry;
import io.syncline.storage.metadata.MetadataStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Shows the audit log, the newest last. Options: {@code account}, {@code before} (an id), {@code
 * limit} (1..{@value #ENTRIES_MAX}, 100 unless given).
 */
final class AuditTask {
    private static final int ENTRIES = 100;
    private static final int ENTRIES_MAX = 500;

    private final MetadataStore metadata;

    AuditTask(MetadataStore metadata) {
        this.metadata = metadata;
    }

    AdminAnswer run(AdminRequest request) {
        int limit = Math.clamp(request.number("limit").orElse(ENTRIES), 1, ENTRIES_MAX);
        OptionalLong before = request.number("before");
        Optional<AccountId> account = request.text("account").map(this::account);
        AuditJson.Page page = metadata.read(read -> AuditJson.page(read, before, account, limit));
        List<String> lines = new ArrayList<>();
        page.entries().forEach(entry -> lines.add(told(page, entry)));
        page.before().ifPresent(id -> lines.add("(what was before: --before " + id + ")"));
        // What was done last is what people look for, next to the prompt.
        Collections.reverse(lines);
        return AdminAnswer.of(page.document(), lines);
    }

    private AccountId account(String name) {
        return metadata.<Optional<Account>>read(read -> read.accounts().byName(name))
                .map(Account::id)
                .orElseThrow(() -> AccountsTask.noAccount(name));
    }

    private static String told(AuditJson.Page page, AuditEntry entry) {
        StringBuilder line = new StringBuilder();
        line.append(entry.time()).append("  ").append(entry.action().replace('_', ' '));
        line.append("  by ")
                .append(
                        page.name(entry)
                                .or(() -> entry.account().map(AccountId::value))
                                .orElse(entry.peer().isPresent() ? "somebody" : "this machine"));
        entry.peer().ifPresent(peer -> line.append(" from ").append(peer));
        entry.subject().ifPresent(subject -> line.append(": ").append(subject));
        entry.detail().ifPresent(detail -> line.append(" (").append(detail).append(')'));
        entry.project().ifPresent(project -> line.append(" in project ").append(project));
        return line.toString();
    }
}
