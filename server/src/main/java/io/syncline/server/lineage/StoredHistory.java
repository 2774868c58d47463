package io.syncline.server.lineage;

import io.syncline.core.lineage.Ancestor;
import io.syncline.core.lineage.Lineage;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.ProofKey;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import java.util.Optional;

/** A project's history as one transaction sees it. */
record StoredHistory(ReadTransaction read, Project project, ProofKey key)
        implements Lineage.History {
    @Override
    public Epoch epoch() {
        return project.epoch();
    }

    @Override
    public long head() {
        return project.head();
    }

    @Override
    public long floor() {
        return project.floor();
    }

    @Override
    public Optional<TreeDigest> digestAt(long sequence) {
        if (sequence == project.head()) {
            return Optional.of(project.digest());
        }
        return sequence == 0
                ? Optional.of(TreeDigest.EMPTY)
                : read.projects().digestAt(project.key(), sequence);
    }

    @Override
    public Optional<Ancestor> ancestor(Epoch epoch) {
        return read.lineages(project.key()).ancestor(epoch);
    }

    @Override
    public boolean signed(Proof proof) {
        return key.signed(project.id(), proof);
    }
}
