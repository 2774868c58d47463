package io.syncline.server.admin;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.Label;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.MetadataStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lists accounts in order of name, A to Z in either case. Options: {@code name} (how the names
 * begin), {@code after} (the name that the page before ended with), {@code limit} (1..{@value
 * #ACCOUNTS_MAX}, 100 unless given).
 */
final class AccountsTask {
    private static final int ACCOUNTS = 100;
    private static final int ACCOUNTS_MAX = 500;

    private final MetadataStore metadata;

    AccountsTask(MetadataStore metadata) {
        this.metadata = metadata;
    }

    AdminAnswer run(AdminRequest request) {
        int limit = Math.clamp(request.number("limit").orElse(ACCOUNTS), 1, ACCOUNTS_MAX);
        Optional<String> name = request.text("name").filter(text -> !text.isEmpty());
        name.ifPresent(text -> Label.check("what names begin with", text));
        List<Account> found =
                metadata.read(read -> {
                    Optional<Account> after =
                            request.text("after")
                                    .map(last ->
                                            read.accounts()
                                                    .byName(last)
                                                    .orElseThrow(() -> noAccount(last)));
                    return read.accounts().named(name.orElse(""), after, limit + 1);
                });
        boolean more = found.size() > limit;
        List<Account> accounts = found.subList(0, Math.min(limit, found.size()));
        List<String> lines = new ArrayList<>();
        accounts.forEach(account -> lines.add(told(account)));
        JsonWriter document =
                new JsonWriter().beginObject().array("accounts", accounts, AccountsTask::write);
        if (more) {
            String last = accounts.getLast().name();
            document.member("after", last);
            lines.add("(what comes then: --after '" + last + "')");
        }
        if (accounts.isEmpty()) {
            lines.add("No account" + name.map(text -> " begins with " + text).orElse("") + ".");
        }
        return AdminAnswer.of(document.endObject(), lines);
    }

    /** What is said where there is no account of exactly this name. */
    static SynclineException noAccount(String name) {
        return new SynclineException(
                ErrorCode.NOT_FOUND,
                "there is no account " + name + "; see 'syncline admin accounts'");
    }

    private static String told(Account account) {
        StringBuilder line = new StringBuilder(account.name());
        line.append("  made ").append(account.created());
        if (account.operator()) {
            line.append("  operator");
        }
        if (account.disabled()) {
            line.append("  disabled");
        }
        if (account.passwordHash().isEmpty()) {
            line.append("  joined by a link, has no password");
        }
        return line.toString();
    }

    private static void write(JsonWriter out, Account account) {
        out.beginObject()
                .member("id", account.id().value())
                .member("name", account.name())
                .member("created", account.created())
                .member("operator", account.operator())
                .member("disabled", account.disabled())
                .member("password", account.passwordHash().isPresent())
                .endObject();
    }
}
