package io.syncline.storage.metadata.postgres;

import io.syncline.storage.metadata.AccountsContract;
import io.syncline.storage.metadata.AuditContract;
import io.syncline.storage.metadata.BlocksContract;
import io.syncline.storage.metadata.ClusterContract;
import io.syncline.storage.metadata.CollectingContract;
import io.syncline.storage.metadata.HistoryContract;
import io.syncline.storage.metadata.KeepingContract;
import io.syncline.storage.metadata.LineagesContract;
import io.syncline.storage.metadata.ListingsContract;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NameIndexContract;
import io.syncline.storage.metadata.NodesContract;
import io.syncline.storage.metadata.ProjectsContract;
import io.syncline.storage.metadata.QuotasContract;
import io.syncline.storage.metadata.SnapshotsContract;
import io.syncline.storage.metadata.TransactionsContract;
import java.time.Duration;
import org.junit.jupiter.api.Nested;

/** Every contract of the metadata port, kept by PostgreSQL. */
final class PostgresContractTest {
    @Nested
    final class OfAccounts extends AccountsContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfAudits extends AuditContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfBlocks extends BlocksContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfClusters extends ClusterContract {
        private final PostgresAddress address = PostgresServer.fresh();

        @Override
        protected MetadataStore open() {
            return PostgresMetadataStore.open(address);
        }

        /** The clock is the database's: all that was agreed on becomes older. */
        @Override
        protected void pass(MetadataStore store, Duration time) {
            PostgresServer.execute(
                    address.database(),
                    "UPDATE lease SET expires = expires - %1$d, rested = rested - %1$d"
                            .formatted(time.toMillis()));
        }
    }

    @Nested
    final class OfCollecting extends CollectingContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfHistory extends HistoryContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfKeeping extends KeepingContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfLineages extends LineagesContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfListings extends ListingsContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfNameIndex extends NameIndexContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfNodes extends NodesContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfProjects extends ProjectsContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfQuotas extends QuotasContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfSnapshots extends SnapshotsContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfTransactions extends TransactionsContract {
        @Override
        protected MetadataStore open() {
            return PostgresServer.open();
        }
    }

    @Nested
    final class OfCluster extends ClusterContract {
        private final PostgresAddress address = PostgresServer.fresh();

        @Override
        protected MetadataStore open() {
            return PostgresMetadataStore.open(address);
        }

        @Override
        protected void pass(MetadataStore store, Duration time) {
            // The clock is the database's, so what it is compared with is moved.
            PostgresServer.execute(
                    address.database(),
                    "UPDATE lease SET expires = expires - "
                            + time.toMillis()
                            + ", rested = rested - "
                            + time.toMillis());
        }
    }
}
