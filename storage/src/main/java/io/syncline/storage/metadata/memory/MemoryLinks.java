package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.JoinLink;
import io.syncline.storage.metadata.LinkId;
import io.syncline.storage.metadata.Links;
import io.syncline.storage.metadata.ProjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

final class MemoryLinks implements Links.Writable {
    private final MemoryTransaction transaction;

    MemoryLinks(MemoryTransaction transaction) {
        this.transaction = transaction;
    }

    static boolean usable(JoinLink link, Instant now) {
        return link.usesLeft() > 0 && link.expires().isAfter(now);
    }

    @Override
    public List<JoinLink> list(ProjectKey project, Instant now) {
        List<JoinLink> found = new ArrayList<>();
        transaction
                .tables()
                .links
                .all((_, link) -> {
                    if (link.project().equals(project) && usable(link, now)) {
                        found.add(link);
                    }
                    return true;
                });
        found.sort(
                Comparator.comparing(JoinLink::expires).thenComparing(link -> link.id().value()));
        return found;
    }

    @Override
    public void add(JoinLink link) {
        Tables tables = transaction.tables();
        if (tables.links.has(link.id()) || tables.linkSecrets.has(link.secret())) {
            throw transaction.taken("the link");
        }
        tables.links = tables.links.put(link.id(), link);
        tables.linkSecrets = tables.linkSecrets.put(link.secret(), link.id());
    }

    @Override
    public Optional<JoinLink> use(Hash secret, Instant now) {
        Tables tables = transaction.tables();
        Optional<JoinLink> used =
                tables.linkSecrets
                        .get(secret)
                        .flatMap(tables.links::get)
                        .filter(link -> usable(link, now))
                        .map(link ->
                                new JoinLink(
                                        link.id(),
                                        link.secret(),
                                        link.project(),
                                        link.role(),
                                        link.usesLeft() - 1,
                                        link.expires()));
        used.ifPresent(link -> tables.links = tables.links.put(link.id(), link));
        return used;
    }

    @Override
    public boolean delete(ProjectKey project, LinkId id) {
        Tables tables = transaction.tables();
        Optional<JoinLink> link =
                tables.links.get(id).filter(found -> found.project().equals(project));
        link.ifPresent(found -> {
            tables.links = tables.links.remove(id);
            tables.linkSecrets = tables.linkSecrets.remove(found.secret());
        });
        return link.isPresent();
    }
}
