package io.syncline.system.load;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Project;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Devices by number, so that every process knows their tokens and projects: fifty share a project,
 * ten such projects an account, and all of them one more project.
 *
 * @param seed decides all ids and tokens
 * @param devices numbered from 0
 */
record Population(long seed, int devices) {
    /** Devices that share a project of their own. */
    static final int TEAM = 50;

    /** Devices of an account: fewer than one account may connect to one node. */
    static final int ACCOUNT = 500;

    private static final int WRITERS = 8;

    int teams() {
        return (devices + TEAM - 1) / TEAM;
    }

    private int accounts() {
        return (devices + ACCOUNT - 1) / ACCOUNT;
    }

    Secret token(int device) {
        Hash hash = digest("token " + device);
        return new Secret(
                "sld_" + Base64.getUrlEncoder().withoutPadding().encodeToString(hash.toBytes()));
    }

    private Hash digest(String of) {
        return Hash.sha256((seed + " " + of).getBytes(StandardCharsets.UTF_8));
    }

    /** An id that only this seed, kind and number have. */
    private String id(String kind, int number) {
        return digest(kind + " " + number).toString().substring(0, 32);
    }

    /** The project that all watch. */
    ProjectId common() {
        return new ProjectId(id("common", 0));
    }

    ProjectId team(int team) {
        return new ProjectId(id("team", team));
    }

    /** Puts all of it into a store, on several threads. */
    void make(MetadataStore store) throws InterruptedException, ExecutionException {
        Instant now = Instant.now();
        store.write(write -> write.projects().add(project(common(), "all", "common", 0, now)));
        List<Future<?>> made = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(WRITERS)) {
            for (int account = 0; account < accounts(); account++) {
                int number = account;
                made.add(pool.submit(() -> make(store, number, now)));
            }
            for (Future<?> each : made) {
                each.get();
            }
        }
    }

    private void make(MetadataStore store, int number, Instant now) {
        AccountId account = new AccountId(id("account", number));
        int from = number * ACCOUNT;
        int to = Math.min(devices, from + ACCOUNT);
        var _ =
                store.write(write -> {
                    write.accounts()
                            .add(new Account(account, "account " + number, Optional.empty(), now));
                    for (int team = from / TEAM; team * TEAM < to; team++) {
                        Project made =
                                write.projects()
                                        .add(
                                                project(
                                                        team(team),
                                                        "team " + team,
                                                        "team",
                                                        team,
                                                        now));
                        write.members(made.key()).put(account, Role.OWNER);
                    }
                    for (int device = from; device < to; device++) {
                        Hash token =
                                Hash.sha256(token(device).value().getBytes(StandardCharsets.UTF_8));
                        write.devices()
                                .add(
                                        new Device(
                                                new DeviceId(id("device", device)),
                                                account,
                                                "device " + device,
                                                token,
                                                now,
                                                now,
                                                Optional.empty()));
                    }
                    return true;
                });
        // By itself and last: all accounts change this project's row.
        var _ =
                store.write(write -> {
                    Project all = write.projects().lock(common()).orElseThrow();
                    write.members(all.key()).put(account, Role.EDITOR);
                    return true;
                });
    }

    private NewProject project(ProjectId id, String name, String kind, int number, Instant now) {
        Epoch epoch = new Epoch(RandomId.next(new Random(seed ^ (kind + number).hashCode())));
        return new NewProject(id, name, 1, false, epoch, now);
    }
}
