package io.syncline.system.bench.functions;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncline.core.wire.PageMap;
import io.syncline.core.wire.WireJson;
import io.syncline.system.endtoend.Json;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How fast a page map is read: by default that of a listing of 1,000,000 rows. */
@State(Scope.Thread)
@Items(value = "pages", against = "read", naive = "read into a model of maps and lists first")
public class MapJson {
    private static final int PAGE_ROWS = 500;
    private static final int CURSOR_CHARS = 32;

    @Param("2000")
    int size;

    private byte[] json = {};

    @Setup
    public void make() {
        List<String> pages = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            pages.add("%%0%dd".formatted(CURSOR_CHARS).formatted(i));
        }
        json =
                WireJson.PAGE_MAP.toBytes(
                        new PageMap(1, (long) size * PAGE_ROWS, 0, PAGE_ROWS, pages));
    }

    @Benchmark
    public PageMap read() {
        return WireJson.PAGE_MAP.fromBytes(json);
    }

    @Benchmark
    public PageMap naive() {
        Json map = Json.parse(new String(json, UTF_8));
        return new PageMap(
                map.at("version").number(),
                map.at("total").number(),
                map.at("directories").number(),
                (int) map.at("size").number(),
                map.at("pages").elements().stream().map(Json::text).toList());
    }
}
