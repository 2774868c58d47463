package io.syncline.core.wire;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.NodeId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How {@link WantedPage} is spelt. */
public final class WantedJson {
    /** The codec. */
    public static final JsonCodec<WantedPage> CODEC =
            new JsonCodec<>(WantedJson::write, WantedJson::read);

    private WantedJson() {}

    private static void write(JsonWriter out, WantedPage page) {
        out.beginObject()
                .member("blocks", page.blocks())
                .member("complete", page.complete())
                .array("files", page.files(), WantedJson::writeFile)
                .optional("after", page.after(), (json, id) -> json.number(id.value()))
                .endObject();
    }

    private static void writeFile(JsonWriter out, WantedPage.File file) {
        out.beginObject()
                .member("node", file.node().value())
                .member("level", file.level())
                .member("hash", file.hash().toString())
                .endObject();
    }

    private static WantedPage read(JsonReader in) {
        @Nullable Integer blocks = null;
        @Nullable Boolean complete = null;
        @Nullable List<WantedPage.File> files = null;
        Optional<NodeId> after = Optional.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "blocks" -> blocks = (int) in.number(0, WantedPage.BLOCKS_MAX);
                case "complete" -> complete = in.bool();
                case "files" -> files = in.array(WantedPage.FILES_MAX, WantedJson::readFile);
                case "after" -> after = Optional.of(new NodeId(Members.readSequence(in)));
                default -> in.unknown();
            }
        }
        return new WantedPage(
                in.required("blocks", blocks),
                in.required("complete", complete),
                in.required("files", files),
                after);
    }

    private static WantedPage.File readFile(JsonReader in) {
        @Nullable NodeId node = null;
        @Nullable Integer level = null;
        @Nullable Hash hash = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "node" -> node = new NodeId(Members.readSequence(in));
                case "level" -> level = (int) in.number(0, Content.MAX_LEVEL);
                case "hash" -> hash = in.text(Hash::parse);
                default -> in.unknown();
            }
        }
        return new WantedPage.File(
                in.required("node", node), in.required("level", level), in.required("hash", hash));
    }
}
