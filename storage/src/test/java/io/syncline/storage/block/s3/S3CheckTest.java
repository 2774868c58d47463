package io.syncline.storage.block.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.RandomId;
import io.syncline.storage.check.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class S3CheckTest {
    @TempDir private Path folder;

    private final Random random = new Random(31);
    private TestS3 s3;

    @BeforeEach
    void start() throws Exception {
        s3 = new TestS3(folder);
    }

    @AfterEach
    void stop() throws Exception {
        s3.stop();
    }

    @Test
    @DisplayName("a right bucket passes and is left empty; a wrong clock is told")
    void rightBucketPasses() throws Exception {
        S3Settings settings = TestS3.settings(RandomId.next(random), s3.port());
        assertThat(S3Check.run(settings, random, InstantSource.system()))
                .hasSize(3)
                .allMatch(Finding::passed);
        InstantSource ahead = () -> InstantSource.system().instant().plusSeconds(120);
        List<Finding> found = S3Check.run(settings, random, ahead);
        assertThat(found)
                .filteredOn(finding -> !finding.passed())
                .singleElement()
                .satisfies(finding -> assertThat(finding.detail()).contains("differ by 1"));
        try (Stream<Path> left = Files.walk(folder.resolve(TestS3.BUCKET))) {
            assertThat(left.filter(Files::isRegularFile)).isEmpty();
        }
    }
}
