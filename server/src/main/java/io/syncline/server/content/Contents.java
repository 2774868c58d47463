package io.syncline.server.content;

import io.syncline.core.block.Block;
import io.syncline.core.block.ContentWalk;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.FrameDecoder;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.Role;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.block.BlockReader;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Representation;
import io.syncline.server.edge.RequestKind;
import io.syncline.server.edge.Router;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Version;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GET, HEAD /v1/projects/{p}/nodes/{id}/content}, and that of an older version. Streams
 * through the content's tree with a fixed amount of memory, whatever the file's size.
 *
 * <p>A file may be a web page of somebody who means harm: it is sent as an attachment of no
 * particular type, and would run in a sandbox if a browser showed it all the same. Only what is
 * asked for with {@code inline=true} and is of a kind that browsers show without running anything
 * ({@link ShownTypes}) is sent as what it is.
 */
public final class Contents {
    /** Plain bytes read ahead while earlier ones are sent. */
    private static final int WINDOW_BYTES = 1 << 20;

    /** And blocks: a tree may list a million of one byte each. */
    private static final int WINDOW_BLOCKS = 1 << 10;

    /** Tree blocks asked for at once. */
    private static final int TREES_AHEAD = 8;

    private final MetadataStore store;
    private final BlockReader blocks;

    /** Reads from these stores. */
    public Contents(MetadataStore store, BlockReader blocks) {
        this.store = store;
        this.blocks = blocks;
    }

    /** Adds the addresses. */
    public void route(Router router, Access access) {
        String address = "/v1/projects/{p}/nodes/{id}/content";
        router.add("GET", address, RequestKind.DOWNLOAD, access.member(Role.VIEWER, this::get))
                .add("HEAD", address, RequestKind.DOWNLOAD, access.member(Role.VIEWER, this::get));
        String old = "/v1/projects/{p}/nodes/{id}/versions/{sequence}/content";
        router.add("GET", old, RequestKind.DOWNLOAD, access.member(Role.VIEWER, this::version))
                .add("HEAD", old, RequestKind.DOWNLOAD, access.member(Role.VIEWER, this::version));
        new Archives(store, this).route(router, access);
    }

    private Answer get(Call call, Member member) {
        boolean inline = isInline(call);
        Node node =
                store.read(read ->
                                read.nodes(member.project().key())
                                        .find(new NodeId(call.number("id"))))
                        .filter(found -> !found.deleted())
                        .orElseThrow(() ->
                                new SynclineException(
                                        ErrorCode.NOT_FOUND, "there is no such node"));
        return answer(call, member, node, inline);
    }

    /** The content that a node had after one of its changes, also after the last: its deletion. */
    private Answer version(Call call, Member member) {
        boolean inline = isInline(call);
        NodeId id = new NodeId(call.number("id"));
        Node node =
                store.read(read -> read.history(member.project().key()).at(call.number("sequence")))
                        .map(Version::node)
                        .filter(found -> found.id().equals(id))
                        .orElseThrow(() ->
                                new SynclineException(
                                        ErrorCode.NOT_FOUND, "there is no such version"));
        return answer(call, member, node, inline);
    }

    private Answer answer(Call call, Member member, Node node, boolean inline) {
        if (!node.item().kind().equals(Kind.FILE)) {
            throw SynclineException.invalid("only a file has a content to download");
        }
        Content content = node.item().content().orElseThrow();
        Map<String, String> headers = new LinkedHashMap<>();
        Optional<ShownTypes.Shown> shown =
                inline ? ShownTypes.of(node.place().name()) : Optional.empty();
        headers.put(
                "Content-Disposition",
                disposition(
                        shown.isPresent() ? "inline" : "attachment", node.place().name().value()));
        headers.put(
                "Content-Security-Policy",
                shown.map(ShownTypes.Shown::policy).orElse(ShownTypes.SANDBOX));
        shown.ifPresent(found -> headers.put("Content-Type", found.type()));
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        return Representation.answer(
                call,
                "\"" + content.hash().toHex() + "\"",
                Map.of("Cache-Control", "private, no-cache"),
                () ->
                        new Representation(
                                headers,
                                content.sizeBytes(),
                                (from, length, out) ->
                                        write(member.project(), content, from, length, out)));
    }

    private static boolean isInline(Call call) {
        return switch (call.query("inline").orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw SynclineException.invalid("inline must be true or false");
        };
    }

    /** The name in the form of RFC 8187: every byte that could mean anything is escaped. */
    static String disposition(String kind, String name) {
        StringBuilder escaped = new StringBuilder(kind).append("; filename*=UTF-8''");
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c == '.'
                            || c == '-'
                            || c == '_';
            escaped.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return escaped.toString();
    }

    /** Writes a part of a content; blocks while the reader is slow. */
    void write(Project project, Content content, long from, long length, OutputStream out)
            throws IOException {
        ContentWalk walk = new ContentWalk(content, from);
        long end = from + length;
        List<ContentWalk.Data> window = new ArrayList<>();
        int windowBytes = 0;
        try (FrameDecoder decoder = new FrameDecoder()) {
            while (true) {
                ContentWalk.Step step = walk.next(TREES_AHEAD);
                switch (step) {
                    case ContentWalk.Needs needs -> supply(project, walk, needs, decoder);
                    case ContentWalk.Data data when data.offsetBytes() < end -> {
                        window.add(data);
                        windowBytes += data.sizeBytes();
                        if (windowBytes >= WINDOW_BYTES || window.size() == WINDOW_BLOCKS) {
                            send(project, window, from, end, decoder, out);
                            window.clear();
                            windowBytes = 0;
                        }
                    }
                    case ContentWalk.Data _, ContentWalk.End _ -> {
                        send(project, window, from, end, decoder, out);
                        return;
                    }
                }
            }
        }
    }

    private void supply(
            Project project, ContentWalk walk, ContentWalk.Needs needs, FrameDecoder decoder) {
        List<ByteBuffer> frames = frames(project, needs.trees());
        for (int i = 0; i < frames.size(); i++) {
            walk.supply(needs.trees().get(i), decoder.decode(frames.get(i)).bytes());
        }
    }

    private void send(
            Project project,
            List<ContentWalk.Data> window,
            long from,
            long end,
            FrameDecoder decoder,
            OutputStream out)
            throws IOException {
        if (window.isEmpty()) {
            return;
        }
        List<ByteBuffer> frames =
                frames(project, window.stream().map(ContentWalk.Data::hash).toList());
        for (int i = 0; i < frames.size(); i++) {
            ContentWalk.Data data = window.get(i);
            Block block = decoder.decode(frames.get(i));
            if (block.sizeBytes() != data.sizeBytes()) {
                throw SynclineException.corrupt(
                        "block " + data.hash() + " hasn't the size that its tree says");
            }
            int first = (int) Math.max(0, from - data.offsetBytes());
            int last = (int) Math.min(data.sizeBytes(), end - data.offsetBytes());
            byte[] bytes = new byte[last - first];
            block.bytes().get(first, bytes);
            out.write(bytes);
        }
    }

    private List<ByteBuffer> frames(Project project, List<Hash> hashes) {
        Map<Hash, BlockRow> rows = blocks.find(project, new HashSet<>(hashes));
        List<BlockRow> ordered = new ArrayList<>();
        for (Hash hash : hashes) {
            BlockRow row = rows.get(hash);
            if (row == null) {
                // A committed content names stored blocks only, all the way down (L3).
                throw SynclineException.corrupt("block " + hash + " of a content isn't stored");
            }
            ordered.add(row);
        }
        return blocks.frames(project, ordered);
    }
}
