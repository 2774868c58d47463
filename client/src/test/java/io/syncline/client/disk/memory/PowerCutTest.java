package io.syncline.client.disk.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.LocalPath;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a power cut may leave of small histories, and what it may not. */
final class PowerCutTest {
    private static final int CUTS = 400;
    private static final LocalPath A = LocalPath.of("a");

    @Test
    @DisplayName("nothing forced: the file is missing, empty, zeros, or there")
    void unforcedFileMayBeAnything() {
        for (Traits traits : Set.of(Traits.ext4(), Traits.posix())) {
            assertThat(outcomes(traits, user -> user.write(A, bytes("new"))))
                    .contains("", "a=", "a=000", "a=new");
        }
    }

    @Test
    @DisplayName("fsync of the file but not of its directory: the name may be missing")
    void forcedFileMayLackItsName() {
        assertThat(
                        outcomes(
                                Traits.posix(),
                                user -> {
                                    user.write(A, bytes("new"));
                                    user.force(A);
                                }))
                .containsExactlyInAnyOrder("", "a=new");
    }

    /** All that many power cuts left, each as {@code name=content} in order. */
    private static Set<String> outcomes(Traits traits, Consumer<User> history) {
        var seen = new TreeSet<String>();
        for (int seed = 0; seed < CUTS; seed++) {
            var files =
                    new MemoryFileSystem(
                            traits, InstantSource.fixed(Instant.EPOCH), new Random(seed));
            files.makeRoot("root");
            history.accept(files.user("root"));
            files.crash(new Random(seed));
            seen.add(shown(files));
        }
        return seen;
    }

    private static String shown(MemoryFileSystem files) {
        var text = new StringBuilder();
        for (FileState file : files.entries("root")) {
            byte[] content = files.bytes("root", file.path()).orElse(new byte[0]);
            String shown = new String(content, StandardCharsets.UTF_8).replace('\0', '0');
            text.append(text.isEmpty() ? "" : " ").append(file.path()).append('=').append(shown);
        }
        return text.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
