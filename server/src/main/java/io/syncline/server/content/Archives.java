package io.syncline.server.content;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.Role;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.RequestKind;
import io.syncline.server.edge.Router;
import io.syncline.storage.metadata.ListingKey;
import io.syncline.storage.metadata.Listings;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * {@code GET /v1/projects/{p}/archive}: files, and directories with all beneath them, as one zip
 * archive (APPNOTE 6.3, with its 64-bit extension where it is needed) that is written while it is
 * sent. Memory doesn't grow with it: a window of content and, for each level, a page of rows.
 *
 * <p>What comes or goes in the meantime may be in it or not. Symlinks are left out, as systems
 * disagree on them; a backslash in a name becomes {@code _}, as some take it for a slash.
 */
final class Archives {
    /** Nodes that are asked for by name. */
    static final int NODES_MAX = 500;

    /** Of the parameter: so many numbers and commas. */
    private static final int PARAMETER_CHARS_MAX = NODES_MAX * 20;

    /** Rows of a directory read at once. */
    private static final int PAGE_ROWS = 32;

    /** The format's own bound: a length of 16 bits. */
    private static final int PATH_BYTES_MAX = 65_535;

    private static final ListingOrder ORDER = new ListingOrder(ListingOrder.Sort.NAME, false);

    /** Endings of what is compressed already: to compress it again would only cost time. */
    private static final Set<String> COMPRESSED =
            Set.of(
                    "7z", "aac", "avif", "br", "bz2", "docx", "flac", "gif", "gz", "heic", "jar",
                    "jpeg", "jpg", "m4a", "m4v", "mkv", "mov", "mp3", "mp4", "ogg", "opus", "pdf",
                    "png", "pptx", "rar", "tgz", "webm", "webp", "xlsx", "xz", "zip", "zst");

    private final MetadataStore store;
    private final Contents contents;

    Archives(MetadataStore store, Contents contents) {
        this.store = store;
        this.contents = contents;
    }

    void route(Router router, Access access) {
        router.add(
                "GET",
                "/v1/projects/{p}/archive",
                RequestKind.DOWNLOAD,
                access.member(Role.VIEWER, this::archive));
    }

    private Answer archive(Call call, Member member) {
        List<NodeId> ids = ids(call);
        Project project = member.project();
        Map<NodeId, Node> found = store.read(read -> read.nodes(project.key()).find(ids));
        List<Node> nodes = new ArrayList<>();
        for (NodeId id : ids) {
            Node node = found.get(id);
            if (node == null || node.deleted()) {
                throw new SynclineException(ErrorCode.NOT_FOUND, "there is no node " + id.value());
            }
            nodes.add(node);
        }
        String name = nodes.size() == 1 ? nodes.getFirst().place().name().value() : project.name();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/zip");
        headers.put("Content-Disposition", Contents.disposition("attachment", name + ".zip"));
        headers.put("Content-Security-Policy", ShownTypes.SANDBOX);
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        return new Answer(200, headers, new Answer.Unmeasured(out -> write(project, nodes, out)));
    }

    private static List<NodeId> ids(Call call) {
        String text = call.query("nodes").orElse("");
        String[] numbers = text.split(",", -1);
        if (text.length() > PARAMETER_CHARS_MAX || numbers.length > NODES_MAX) {
            throw SynclineException.invalid("nodes may name " + NODES_MAX + " at most");
        }
        Set<NodeId> ids = new LinkedHashSet<>();
        for (String number : numbers) {
            if (!number.matches("[1-9][0-9]{0,15}")) {
                throw SynclineException.invalid("nodes must be ids, joined by commas");
            }
            ids.add(new NodeId(Long.parseLong(number)));
        }
        return List.copyOf(ids);
    }

    private void write(Project project, List<Node> nodes, OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
        Set<String> taken = new HashSet<>();
        for (Node node : nodes) {
            // Of several folders' children two may have one name.
            String name = safe(node);
            for (int i = 2; !taken.add(name); i++) {
                name = safe(node) + " (" + i + ")";
            }
            write(project, node, name, zip);
        }
        // Not closed where anything fails: a half archive must not look whole.
        zip.finish();
    }

    private static String safe(Node node) {
        return node.place().name().value().replace('\\', '_');
    }

    private void write(Project project, Node node, String path, ZipOutputStream zip)
            throws IOException {
        if (path.getBytes(StandardCharsets.UTF_8).length >= PATH_BYTES_MAX) {
            throw new SynclineException(
                    ErrorCode.TOO_LARGE, "a path is too long for an archive, at node " + node.id());
        }
        if (node.item().isDirectory()) {
            begin(node, path + "/", zip);
            zip.closeEntry();
            writeChildren(project, node.id(), path + "/", zip);
        } else if (node.item().kind().equals(Kind.FILE)) {
            Content content = node.item().content().orElseThrow();
            zip.setLevel(level(path));
            begin(node, path, zip);
            contents.write(project, content, 0, content.sizeBytes(), zip);
            zip.closeEntry();
        }
    }

    private static void begin(Node node, String path, ZipOutputStream zip) throws IOException {
        ZipEntry entry = new ZipEntry(path);
        entry.setLastModifiedTime(FileTime.from(node.item().mtimeNanos(), TimeUnit.NANOSECONDS));
        zip.putNextEntry(entry);
    }

    private static int level(String path) {
        String ending = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return COMPRESSED.contains(ending) ? Deflater.NO_COMPRESSION : Deflater.BEST_SPEED;
    }

    /** As deep as the tree, which has a bound. */
    private void writeChildren(Project project, NodeId directory, String path, ZipOutputStream zip)
            throws IOException {
        Optional<Listings.Bound> from = Optional.empty();
        List<Node> rows;
        do {
            Optional<Listings.Bound> start = from;
            rows =
                    store.read(read ->
                            read.listings(project.key())
                                    .forward(directory, ORDER, start, PAGE_ROWS));
            for (Node row : rows) {
                write(project, row, path + safe(row), zip);
            }
            if (!rows.isEmpty()) {
                ListingKey last = ListingKey.of(rows.getLast(), ORDER.sort());
                from = Optional.of(new Listings.Bound(last, false));
            }
        } while (rows.size() == PAGE_ROWS);
    }
}
