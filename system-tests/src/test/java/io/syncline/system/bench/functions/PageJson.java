package io.syncline.system.bench.functions;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.WireJson;
import io.syncline.system.endtoend.Json;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How fast a page of changes is spelt in JSON, and read. */
@State(Scope.Thread)
@Items(
        value = "nodes",
        against = "read",
        naive = "read into a model of maps and lists first, then into nodes")
public class PageJson {
    @Param("500")
    int size;

    private ChangesPage page =
            new ChangesPage(Inputs.PROOF, 0, 1, false, 0, Optional.empty(), List.of());
    private byte[] json = {};

    @Setup
    public void make() {
        page =
                new ChangesPage(
                        Inputs.PROOF,
                        0,
                        Inputs.CURSOR.sequence(),
                        false,
                        0,
                        Optional.empty(),
                        Inputs.tree(size));
        json = write();
    }

    @Benchmark
    public byte[] write() {
        return WireJson.CHANGES_PAGE.toBytes(page);
    }

    @Benchmark
    public ChangesPage read() {
        return WireJson.CHANGES_PAGE.fromBytes(json);
    }

    @Benchmark
    public List<Node> naive() {
        Json document = Json.parse(new String(json, UTF_8));
        return document.at("changes").elements().stream().map(PageJson::node).toList();
    }

    private static Node node(Json json) {
        Kind kind = Kind.parse(json.at("kind").text());
        Item item =
                kind.equals(Kind.DIRECTORY)
                        ? Item.DIRECTORY
                        : Item.file(
                                new Content(
                                        (int) json.at("level").number(),
                                        Hash.parse(json.at("hash").text()),
                                        json.at("size").number()),
                                json.find("executable").isPresent(),
                                Long.parseLong(json.at("mtime").text()));
        return new Node(
                new NodeId(json.at("id").number()),
                new Place(new NodeId(json.at("parent").number()), new Name(json.at("name").text())),
                item,
                json.at("sequence").number(),
                json.find("deleted").isPresent(),
                new DeviceId(json.at("device").text()));
    }
}
