package io.syncline.system.bench.functions;

import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.ListingForm;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How fast a page of a listing is spelt in columns, and read. */
@State(Scope.Thread)
@Items(value = "nodes", against = "read", naive = "the same page read as JSON")
public class PageColumns {
    @Param("500")
    int size;

    private ChildrenPage page =
            new ChildrenPage(
                    new ChildrenPage.Head(1, 10_000, Optional.empty(), Optional.of("Y3Vyc29y")),
                    Inputs.tree(0));
    private byte[] columns = {};
    private byte[] json = {};

    @Setup
    public void make() {
        page = new ChildrenPage(page.head(), Inputs.tree(size));
        columns = write();
        json = write(ListingForm.JSON);
    }

    @Benchmark
    public byte[] write() {
        return write(ListingForm.COLUMNS);
    }

    private byte[] write(ListingForm form) {
        return form.page(page.head(), ByteBuffer.wrap(form.rows(page.nodes())));
    }

    @Benchmark
    public ChildrenPage read() {
        return ListingForm.COLUMNS.read(columns);
    }

    @Benchmark
    public ChildrenPage naive() {
        return ListingForm.JSON.read(json);
    }
}
