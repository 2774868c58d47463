package io.syncline.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BodyBuffersTest {
    private static final int KEPT = 8;

    private final BodyBuffers buffers = new BodyBuffers();

    private static Set<byte[]> distinct(List<byte[]> some) {
        Set<byte[]> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        distinct.addAll(some);
        return distinct;
    }

    private List<byte[]> take(int count) {
        var taken = new ArrayList<byte[]>();
        for (int i = 0; i < count; i++) {
            taken.add(buffers.take());
        }
        return taken;
    }

    @Test
    void nobodySharesABuffer() {
        List<byte[]> first = take(3);
        buffers.giveBack(first.get(1));
        List<byte[]> then = take(2);

        assertThat(then.getFirst()).isSameAs(first.get(1)).hasSize(BodyBuffers.BYTES);
        assertThat(distinct(List.of(first.get(0), first.get(2), then.get(0), then.get(1))))
                .hasSize(4);
    }

    @Test
    @DisplayName("L9: of what is given back so much is kept, and the rest let go")
    void keepsABoundedNumber() {
        List<byte[]> first = take(KEPT + 3);
        first.forEach(buffers::giveBack);

        List<byte[]> then = take(KEPT + 3);

        Set<byte[]> all = distinct(first);
        assertThat(then.stream().filter(all::contains)).hasSize(KEPT);
        assertThat(distinct(then)).hasSize(KEPT + 3);
    }
}
