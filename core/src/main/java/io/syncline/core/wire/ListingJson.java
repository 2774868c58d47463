package io.syncline.core.wire;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.List;
import java.util.Optional;

/** Pages of listings, page maps, positions, and what a search found. */
final class ListingJson {
    private ListingJson() {}

    static void writeChildrenPage(JsonWriter out, ChildrenPage page) {
        writeHead(out.beginObject(), page.head())
                .array("nodes", page.nodes(), TreeJson::writeNode)
                .endObject();
    }

    static JsonWriter writeHead(JsonWriter out, ChildrenPage.Head head) {
        return out.member("version", head.version())
                .member("total", head.total())
                .optional("before", head.before(), JsonWriter::text)
                .optional("after", head.after(), JsonWriter::text);
    }

    static ChildrenPage readChildrenPage(JsonReader in) {
        List<Node> nodes = null;
        Long version = null;
        Long total = null;
        Optional<String> before = Optional.empty();
        Optional<String> after = Optional.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "nodes" ->
                        nodes = in.array(Limits.CHILDREN_PAGE_ENTRIES_MAX, TreeJson::readNode);
                case "version" -> version = Members.readSequence(in);
                case "total" -> total = Members.readSequence(in);
                case "before" -> before = Optional.of(in.text());
                case "after" -> after = Optional.of(in.text());
                default -> in.unknown();
            }
        }
        return new ChildrenPage(
                in.required("nodes", nodes),
                in.required("version", version),
                in.required("total", total),
                before,
                after);
    }

    static void writePageMap(JsonWriter out, PageMap map) {
        out.beginObject()
                .member("version", map.version())
                .member("total", map.total())
                .member("directories", map.directories())
                .member("size", map.size())
                .array("pages", map.pages(), JsonWriter::text)
                .endObject();
    }

    static PageMap readPageMap(JsonReader in) {
        Long version = null;
        Long total = null;
        Long directories = null;
        Integer size = null;
        List<String> pages = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "version" -> version = Members.readSequence(in);
                case "total" -> total = Members.readSequence(in);
                case "directories" -> directories = Members.readSequence(in);
                case "size" -> size = in.integer(1, Limits.CHILDREN_PAGE_ENTRIES_MAX);
                case "pages" -> pages = in.array(Limits.PAGE_MAP_PAGES_MAX, JsonReader::text);
                default -> in.unknown();
            }
        }
        return new PageMap(
                in.required("version", version),
                in.required("total", total),
                in.required("directories", directories),
                in.required("size", size),
                in.required("pages", pages));
    }

    static void writePosition(JsonWriter out, ListingPosition position) {
        out.beginObject()
                .member("version", position.version())
                .member("total", position.total())
                .optional("row", position.row(), ListingJson::writeRow)
                .endObject();
    }

    private static void writeRow(JsonWriter out, ListingPosition.Row row) {
        out.beginObject().member("index", row.index()).member("cursor", row.cursor()).endObject();
    }

    static ListingPosition readPosition(JsonReader in) {
        Long version = null;
        Long total = null;
        Optional<ListingPosition.Row> row = Optional.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "version" -> version = Members.readSequence(in);
                case "total" -> total = Members.readSequence(in);
                case "row" -> row = Optional.of(readRow(in));
                default -> in.unknown();
            }
        }
        return new ListingPosition(
                in.required("version", version), in.required("total", total), row);
    }

    private static ListingPosition.Row readRow(JsonReader in) {
        Long index = null;
        String cursor = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "index" -> index = Members.readSequence(in);
                case "cursor" -> cursor = in.text();
                default -> in.unknown();
            }
        }
        return new ListingPosition.Row(in.required("index", index), in.required("cursor", cursor));
    }

    static void writeSearchPage(JsonWriter out, SearchPage page) {
        out.beginObject()
                .array("nodes", page.nodes(), TreeJson::writeNode)
                .array("directories", page.directories(), ListingJson::writeDirectory)
                .member("complete", page.complete())
                .member("head", page.head())
                .optional("after", page.after(), JsonWriter::text)
                .endObject();
    }

    static SearchPage readSearchPage(JsonReader in) {
        List<Node> nodes = null;
        List<SearchPage.Directory> directories = null;
        Long complete = null;
        Long head = null;
        Optional<String> after = Optional.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "nodes" -> nodes = in.array(SearchPage.NODES_MAX, TreeJson::readNode);
                case "directories" ->
                        directories =
                                in.array(SearchPage.DIRECTORIES_MAX, ListingJson::readDirectory);
                case "complete" -> complete = Members.readSequence(in);
                case "head" -> head = Members.readSequence(in);
                case "after" -> after = Optional.of(in.text());
                default -> in.unknown();
            }
        }
        return new SearchPage(
                in.required("nodes", nodes),
                in.required("directories", directories),
                in.required("complete", complete),
                in.required("head", head),
                after);
    }

    static void writeDirectory(JsonWriter out, SearchPage.Directory directory) {
        out.beginObject().member("id", directory.id().value());
        ItemMembers.writePlace(out, directory.place());
        out.endObject();
    }

    static SearchPage.Directory readDirectory(JsonReader in) {
        NodeId id = null;
        ItemMembers members = new ItemMembers();
        in.beginObject();
        while (in.nextMember()) {
            if (in.member().equals("id")) {
                id = Members.readNodeId(in);
            } else if (!members.take(in)) {
                in.unknown();
            }
        }
        Place place = members.place(in);
        return new SearchPage.Directory(in.required("id", id), place);
    }
}
