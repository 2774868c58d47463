package io.syncline.client.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.memory.FileState;
import io.syncline.client.disk.memory.Hooks;
import io.syncline.client.disk.memory.MemoryFileSystem;
import io.syncline.client.disk.memory.Operation;
import io.syncline.client.disk.memory.Traits;
import io.syncline.client.disk.memory.User;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ReplicaId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody saves in each of the moments in which the client replaces a file. */
class ReplaceMomentsTest {
    private static final String ROOT = "home/root";
    private static final LocalPath TARGET = LocalPath.of("f");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * But for the last one where names can't be exchanged: between the last look and the rename
     * nobody can be kept out.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("L2 L4 R7: what is renamed over a file while it is replaced is kept")
    void whatIsRenamedOverItIsKept(boolean exchange) {
        int moments = 0;
        boolean happened;
        do {
            happened = isKept(exchange ? Traits.ext4() : Traits.ext4().plain(), moments++);
        } while (happened);
        assertThat(moments).isGreaterThan(3);
    }

    /** False when there is no such moment. */
    private static boolean isKept(Traits traits, int moment) {
        var clock = new MemoryDiskTest.Ticking();
        var files = new MemoryFileSystem(traits, clock, new Random(moment));
        files.makeRoot(ROOT);
        User user = files.user(ROOT);
        int[] left = {Integer.MAX_VALUE};
        Hooks hooks =
                (operation, _) -> {
                    boolean last = operation == Operation.RENAME_OVER;
                    if (!last && left[0]-- == 0) {
                        user.write(LocalPath.of("g"), bytes("saved"));
                        user.move(LocalPath.of("g"), TARGET);
                    }
                };
        try (Disk disk = Disks.over(files.open(ROOT, hooks), clock, new Random(moment))) {
            disk.mark(new ReplicaId("0123456789abcdef0123456789abcdef"));
            user.write(TARGET, bytes("before"));
            LocalPath temporary;
            try (WriteHandle made = disk.createTemporary().orThrow(LocalPath.ROOT)) {
                made.write(ByteBuffer.wrap(bytes("after")), 0);
                temporary = made.path();
            }
            Stat expected = disk.stat(TARGET).orThrow(TARGET);
            left[0] = moment;

            disk.replace(temporary, TARGET, expected);

            boolean happened = left[0] < 0;
            List<Hash> kept =
                    files.entries(ROOT).stream()
                            .filter(FileState::isFile)
                            .map(FileState::content)
                            .toList();
            assertThat(happened ? kept : List.of(Hash.sha256(bytes("saved"))))
                    .as("moment %d, exchange %s", moment, traits.exchange())
                    .contains(Hash.sha256(bytes("saved")));
            return happened;
        }
    }
}
