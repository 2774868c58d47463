package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.state.Intent;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class IntentionTest {
    private static final NodeId NODE = new NodeId(7);
    private static final LocalPath TEMPORARY = LocalPath.parse(".syncline/tmp/1");
    private static final LocalPath TARGET = LocalPath.parse("a folder/b %20");

    private static Item file(int size, boolean executable, long mtime) {
        return Item.file(new Content(0, Hash.sha256(new byte[size]), size), executable, mtime);
    }

    @Test
    void replacementIsReadAsItWasStored() {
        for (Item agreed :
                List.of(
                        file(3, true, -1),
                        Item.file(Content.EMPTY, false, 5),
                        Item.symlink(new Content(0, Hash.sha256(new byte[9]), 9), 0))) {
            var replace =
                    new Intention.Replace(
                            TEMPORARY, TARGET, file(1, false, 1), file(2, true, 2), agreed);
            assertThat(Intention.of(replace.stored(3, NODE))).isEqualTo(replace);
        }
    }

    @Test
    @DisplayName(
            "R6 a replacement in the first form of the state is read, and nothing counts as known")
    void replacementOfTheFirstFormIsRead() {
        for (String hash : List.of("", Hash.sha256(new byte[2]).toHex())) {
            String body = Parts.join(TEMPORARY.toString(), TARGET.toString(), hash, hash);
            assertThat(Intention.of(new Intent(3, NODE, "replace", body)))
                    .isInstanceOfSatisfying(
                            Intention.Replace.class,
                            replace -> {
                                assertThat(replace.temporary()).isEqualTo(TEMPORARY);
                                assertThat(replace.target()).isEqualTo(TARGET);
                                assertThat(
                                                List.of(
                                                        replace.before(),
                                                        replace.after(),
                                                        replace.agreed()))
                                        .containsOnly(Intention.UNKNOWN);
                            });
        }
    }
}
