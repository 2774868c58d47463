package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Role;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Quota;
import io.syncline.storage.metadata.Quotas;
import io.syncline.storage.metadata.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Quotas in memory; what blocks take is counted when it is asked for. */
final class MemoryQuotas implements Quotas.Writable {
    private static final String STANDARD = "";

    private final MemoryTransaction transaction;

    MemoryQuotas(MemoryTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Usage usage(ProjectKey project) {
        return transaction
                .tables()
                .projects
                .get(project)
                .map(MemoryQuotas::usage)
                .orElse(Usage.NONE);
    }

    private static Usage usage(ProjectTables tables) {
        long[] sums = new long[2];
        tables.blocks.all((_, row) -> add(sums, row));
        return new Usage(tables.contentBytes, sums[0], sums[1], tables.blocks.size());
    }

    private static boolean add(long[] sums, BlockRow row) {
        sums[0] += row.location().lengthBytes();
        sums[1] += row.sizeBytes();
        return true;
    }

    @Override
    public Owned owned(AccountId account) {
        long[] sums = new long[2];
        transaction
                .tables()
                .projects
                .all((_, tables) -> {
                    if (tables.members.get(account).filter(Role.OWNER::equals).isPresent()) {
                        sums[0] += tables.contentBytes;
                        sums[1] += tables.project.nodes();
                    }
                    return true;
                });
        return new Owned(sums[0], sums[1]);
    }

    @Override
    public Quota standard() {
        return find(STANDARD);
    }

    @Override
    public Quota of(ProjectId project) {
        return find(name(project));
    }

    @Override
    public Quota of(AccountId account) {
        return find(name(account));
    }

    private static String name(ProjectId project) {
        return "project " + project.value();
    }

    private static String name(AccountId account) {
        return "account " + account.value();
    }

    private Quota find(String name) {
        return transaction.tables().quotas.get(name).orElse(Quota.NONE);
    }

    @Override
    public List<AccountId> limitedOwners(ProjectKey project) {
        List<AccountId> found = new ArrayList<>();
        transaction
                .project(project)
                .members
                .all((account, role) -> {
                    if (role == Role.OWNER && transaction.tables().quotas.has(name(account))) {
                        found.add(account);
                    }
                    return true;
                });
        return found;
    }

    @Override
    public void addContent(ProjectKey project, long bytes) {
        transaction.project(project).contentBytes += bytes;
    }

    @Override
    public void setContent(ProjectKey project, long bytes) {
        transaction.project(project).contentBytes = bytes;
    }

    @Override
    public void recountBlocks(ProjectKey project) {
        // They are counted with every question.
    }

    @Override
    public void putStandard(Quota quota) {
        put(STANDARD, quota);
    }

    @Override
    public void put(ProjectId project, Quota quota) {
        put(name(project), quota);
    }

    @Override
    public void put(AccountId account, Quota quota) {
        put(name(account), new Quota(quota.contentBytes(), quota.nodes(), OptionalLong.empty()));
    }

    private void put(String name, Quota quota) {
        var tables = transaction.tables();
        tables.quotas =
                quota.equals(Quota.NONE)
                        ? tables.quotas.remove(name)
                        : tables.quotas.put(name, quota);
    }
}
