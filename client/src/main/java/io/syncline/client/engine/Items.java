package io.syncline.client.engine;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import java.util.List;
import java.util.Optional;

/** Items of files and links, which have a content, as the state's texts hold them. */
final class Items {
    /** How many parts the text has. */
    static final int PARTS = 6;

    private Items() {}

    /** Kind, executable bit, modification time, and the content's level, hash and size. */
    static String text(Item item) {
        Content content = item.content().orElseThrow();
        return Parts.join(
                item.kind().word(),
                Boolean.toString(item.executable()),
                Long.toString(item.mtimeNanos()),
                Integer.toString(content.level()),
                content.hash().toHex(),
                Long.toString(content.sizeBytes()));
    }

    /** What {@link #text} made. */
    static Item parse(String text) {
        List<String> parts = Parts.split(text);
        var content =
                new Content(
                        Integer.parseInt(parts.get(3)),
                        Hash.parse(parts.get(4)),
                        Long.parseLong(parts.get(5)));
        return new Item(
                Kind.parse(parts.get(0)),
                Boolean.parseBoolean(parts.get(1)),
                Long.parseLong(parts.get(2)),
                Optional.of(content));
    }
}
