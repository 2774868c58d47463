package io.syncline.server.admin;

import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonWriter;
import io.syncline.server.audit.Act;
import io.syncline.server.audit.Audit;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.MetadataStore;
import java.time.InstantSource;
import java.util.List;

/** Makes an account an operator, or none. Options: {@code account}, {@code remove}. */
final class OperatorTask {
    private final MetadataStore metadata;
    private final InstantSource clock;

    OperatorTask(MetadataStore metadata, InstantSource clock) {
        this.metadata = metadata;
        this.clock = clock;
    }

    AdminAnswer run(AdminRequest request) {
        String name =
                request.text("account")
                        .orElseThrow(() -> SynclineException.invalid("which account?"));
        boolean wanted = !request.flag("remove");
        Account account =
                metadata.write(write -> {
                    Account found =
                            write.accounts()
                                    .byName(name)
                                    .orElseThrow(() -> AccountsTask.noAccount(name));
                    write.accounts().setOperator(found.id(), wanted);
                    Audit.add(
                            write,
                            Audit.Actor.LOCAL,
                            Audit.Deed.of(
                                    Act.ACCOUNT_CHANGE, name, wanted ? "operator" : "no operator"),
                            clock.instant());
                    return found;
                });
        return AdminAnswer.of(
                new JsonWriter()
                        .beginObject()
                        .member("account", account.id().value())
                        .member("name", name)
                        .member("operator", wanted)
                        .endObject(),
                List.of(name + (wanted ? " is an operator" : " is no operator")));
    }
}
