package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.Attempts;
import io.syncline.storage.metadata.AuditEntry;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.JoinLink;
import io.syncline.storage.metadata.LinkId;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Quota;
import io.syncline.storage.metadata.Session;
import java.nio.ByteBuffer;
import java.util.Comparator;

/** All tables; a copy is a snapshot, because the maps are immutable. */
final class Tables {
    PersistentMap<AccountId, Account> accounts;
    PersistentMap<String, AccountId> accountNames;
    PersistentMap<Hash, Session> sessions;
    PersistentMap<DeviceId, Device> devices;
    PersistentMap<Hash, DeviceId> deviceTokens;
    PersistentMap<LinkId, JoinLink> links;
    PersistentMap<Hash, LinkId> linkSecrets;
    PersistentMap<ProjectId, ProjectKey> projectIds;
    PersistentMap<ProjectKey, ProjectTables> projects;
    PersistentMap<String, ByteBuffer> settings;
    PersistentMap<String, Quota> quotas;
    PersistentMap<String, MemoryLeases.Row> leases;
    PersistentMap<Long, MemoryRightChanges.Row> rightChanges;
    long newestRightChange;
    PersistentMap<String, Attempts.Count> attempts;
    PersistentMap<Long, AuditEntry> audit;

    Tables() {
        accounts = PersistentMap.empty(Comparator.comparing(AccountId::value));
        accountNames = PersistentMap.empty();
        sessions = PersistentMap.empty();
        devices = PersistentMap.empty(Comparator.comparing(DeviceId::value));
        deviceTokens = PersistentMap.empty();
        links = PersistentMap.empty(Comparator.comparing(LinkId::value));
        linkSecrets = PersistentMap.empty();
        projectIds = PersistentMap.empty(Comparator.comparing(ProjectId::value));
        projects = PersistentMap.empty(Comparator.comparingLong(ProjectKey::value));
        settings = PersistentMap.empty();
        quotas = PersistentMap.empty();
        leases = PersistentMap.empty();
        rightChanges = PersistentMap.empty();
        attempts = PersistentMap.empty();
        audit = PersistentMap.empty();
    }

    Tables(Tables from) {
        accounts = from.accounts;
        accountNames = from.accountNames;
        sessions = from.sessions;
        devices = from.devices;
        deviceTokens = from.deviceTokens;
        links = from.links;
        linkSecrets = from.linkSecrets;
        projectIds = from.projectIds;
        projects = from.projects;
        settings = from.settings;
        quotas = from.quotas;
        leases = from.leases;
        rightChanges = from.rightChanges;
        newestRightChange = from.newestRightChange;
        attempts = from.attempts;
        audit = from.audit;
    }
}
