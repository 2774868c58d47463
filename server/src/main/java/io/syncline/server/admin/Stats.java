package io.syncline.server.admin;

import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.WantedPage;
import io.syncline.server.block.HealedBlocks;
import io.syncline.storage.block.PackFiles.PackFile;
import io.syncline.storage.metadata.MetadataTables.TableSize;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Quota;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Replica;
import io.syncline.storage.metadata.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What there is, from counts that are kept: a few look-ups per project and one look at each pack
 * file, whatever the number of nodes. Only {@code --tables} reads everything.
 */
final class Stats {
    /** Projects that are listed. */
    private static final int PROJECTS_MAX = 1_000;

    private final AdminTasks.Parts parts;

    Stats(AdminTasks.Parts parts) {
        this.parts = parts;
    }

    /** One project's figures. */
    private record Row(
            Project project,
            Usage usage,
            Quota quota,
            int members,
            int devices,
            int replicas,
            int behind,
            long packs,
            long packBytes,
            int setAside,
            long healed) {
        /** Bytes in packs that no row points at, headers and indexes included. */
        long unusedBytes() {
            return Math.max(0, packBytes - usage.frameBytes());
        }
    }

    AdminAnswer run(AdminRequest request) {
        List<Project> projects =
                request.text("project")
                        .map(name -> List.of(AdminTasks.project(parts.metadata(), name)))
                        .orElseGet(() ->
                                parts.metadata()
                                        .read(read -> read.projects().page(0, PROJECTS_MAX)));
        List<Row> rows = new ArrayList<>();
        for (Project project : projects) {
            List<PackFile> packs = parts.packs().packFiles(project.id());
            long bytes = packs.stream().mapToLong(PackFile::lengthBytes).sum();
            rows.add(parts.metadata().read(read -> row(read, project, packs.size(), bytes)));
        }
        long accounts = parts.metadata().<Long>read(read -> read.accounts().count());
        List<TableSize> tables = request.flag("tables") ? parts.tables().tables() : List.of();
        return answer(rows, accounts, tables);
    }

    private static Row row(ReadTransaction read, Project listed, int packs, long packBytes) {
        Project project = read.projects().find(listed.key()).orElse(listed);
        List<Replica> replicas = read.replicas(project.key()).list();
        long behind =
                replicas.stream()
                        .filter(replica ->
                                !replica.received().epoch().equals(project.epoch())
                                        || replica.received().sequence() < project.head())
                        .count();
        return new Row(
                project,
                read.quotas().usage(project.key()),
                read.quotas().of(project.id()).or(read.quotas().standard()),
                read.members(project.key()).list().size(),
                (int)
                        read.devices().ofProject(project.key()).stream()
                                .filter(device -> device.revoked().isEmpty())
                                .count(),
                replicas.size(),
                (int) behind,
                packs,
                packBytes,
                read.quarantine(project.key()).page(Optional.empty(), WantedPage.BLOCKS_MAX).size(),
                HealedBlocks.of(read.settings(), project.id()));
    }

    private AdminAnswer answer(List<Row> rows, long accounts, List<TableSize> tables) {
        long database = parts.tables().bytes();
        long log = size("metadata.sqlite-wal");
        // Room elsewhere is nothing that is known here.
        OptionalLong free =
                parts.copy().isPresent() ? OptionalLong.of(free()) : OptionalLong.empty();
        JsonWriter document =
                new JsonWriter()
                        .beginObject()
                        .member("data", parts.place())
                        .member("metadataBytes", database)
                        .member("metadataLogBytes", log);
        free.ifPresent(bytes -> document.member("freeBytes", bytes));
        document.member("accounts", accounts)
                .array("projects", rows, Stats::write)
                .array("tables", tables, Stats::write)
                .endObject();
        List<String> lines = new ArrayList<>();
        lines.add(
                parts.place()
                        + ": metadata "
                        + Units.bytes(database)
                        + " and log "
                        + Units.bytes(log)
                        + ", packs "
                        + Units.bytes(rows.stream().mapToLong(Row::packBytes).sum())
                        + (free.isPresent() ? ", free " + Units.bytes(free.getAsLong()) : "")
                        + "; "
                        + Units.count(accounts, "account")
                        + ", "
                        + Units.count(rows.size(), "project"));
        for (Row row : rows) {
            tell(row, lines);
        }
        for (TableSize table : tables) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "  %-20s %,14d rows  %10s",
                            table.name(),
                            table.rows(),
                            Units.bytes(table.bytes())));
        }
        return AdminAnswer.of(document, lines);
    }

    private static void tell(Row row, List<String> lines) {
        Usage usage = row.usage();
        lines.add(
                row.project().name()
                        + "  ("
                        + row.project().id()
                        + ", "
                        + Units.count(row.members(), "member")
                        + ")");
        lines.add(
                "  content  "
                        + Units.bytes(usage.contentBytes())
                        + " in "
                        + Units.count(row.project().nodes(), "node")
                        + ", at change "
                        + row.project().head()
                        + "; quota "
                        + QuotaTask.told(row.quota()));
        lines.add(
                "  stored   "
                        + Units.bytes(usage.frameBytes())
                        + " in "
                        + Units.count(usage.blocks(), "block")
                        + ", history included; content per plain byte "
                        + Units.ratio(usage.contentBytes(), usage.blockBytes())
                        + ", plain per stored byte "
                        + Units.ratio(usage.blockBytes(), usage.frameBytes()));
        lines.add(
                "  packs    "
                        + Units.count(row.packs())
                        + " with "
                        + Units.bytes(row.packBytes())
                        + ", of which "
                        + Units.bytes(row.unusedBytes())
                        + " unused");
        if (row.setAside() > 0) {
            lines.add(
                    "! damaged  "
                            + Units.count(row.setAside(), "block")
                            + " set aside, wanted from devices that have them; 'syncline admin"
                            + " verify' says which files hold them");
        }
        if (row.healed() > 0) {
            lines.add("  healed   " + Units.count(row.healed(), "block") + " in all");
        }
        lines.add(
                "  devices  "
                        + Units.count(row.devices())
                        + " with "
                        + Units.count(row.replicas(), "folder")
                        + ", "
                        + Units.count(row.behind())
                        + " of them behind");
    }

    private static void write(JsonWriter out, Row row) {
        out.beginObject()
                .member("id", row.project().id().value())
                .member("name", row.project().name())
                .member("epoch", row.project().epoch().value())
                .member("head", row.project().head())
                .member("floor", row.project().floor())
                .member("nodes", row.project().nodes())
                .member("contentBytes", row.usage().contentBytes())
                .member("blocks", row.usage().blocks())
                .member("blockBytes", row.usage().blockBytes())
                .member("storedBytes", row.usage().frameBytes())
                .member("packs", row.packs())
                .member("packBytes", row.packBytes())
                .member("unusedBytes", row.unusedBytes())
                .member("damagedBlocks", row.setAside())
                .member("healedBlocks", row.healed())
                .member("members", row.members())
                .member("devices", row.devices())
                .member("replicas", row.replicas())
                .member("behind", row.behind());
        row.quota().contentBytes().ifPresent(limit -> out.member("contentBytesMax", limit));
        row.quota().nodes().ifPresent(limit -> out.member("nodesMax", limit));
        row.quota().frameBytes().ifPresent(limit -> out.member("storedBytesMax", limit));
        out.endObject();
    }

    private static void write(JsonWriter out, TableSize table) {
        out.beginObject()
                .member("name", table.name())
                .member("rows", table.rows())
                .member("bytes", table.bytes())
                .endObject();
    }

    /** 0 where there is no such file. */
    private long size(String name) {
        Path file = parts.data().resolve(name);
        return file.toFile().length();
    }

    private long free() {
        try {
            FileStore store = Files.getFileStore(parts.data());
            return store.getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
