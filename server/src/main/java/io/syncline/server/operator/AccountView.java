package io.syncline.server.operator;

import io.syncline.core.wire.JsonWriter;
import io.syncline.server.account.Accounts;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.ReadTransaction;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** An account as operators see it. */
record AccountView(Account account, int devices, Optional<Instant> seen, int projects, Held held) {
    static AccountView of(ReadTransaction read, Account account) {
        List<Device> devices =
                read.devices().ofAccount(account.id()).stream()
                        .filter(device -> device.revoked().isEmpty() && !Accounts.isBrowser(device))
                        .toList();
        return new AccountView(
                account,
                devices.size(),
                devices.stream().map(Device::seen).max(Comparator.naturalOrder()),
                read.projects().ofAccount(account.id()).size(),
                Held.of(read, account));
    }

    static void write(JsonWriter out, AccountView view) {
        out.beginObject()
                .member("id", view.account().id().value())
                .member("name", view.account().name())
                .member("created", view.account().created())
                .member("operator", view.account().operator())
                .member("disabled", view.account().disabled())
                .member("password", view.account().passwordHash().isPresent())
                .member("devices", view.devices())
                .optional("seen", view.seen(), (o, at) -> o.text(at.toString()))
                .member("projects", view.projects())
                .member("quota", view, (o, all) -> all.held().write(o))
                .endObject();
    }
}
