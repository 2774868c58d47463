package io.syncline.storage.block.s3;

import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.BlockStoreContract;
import io.syncline.storage.block.FrameLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

final class S3BlockStoreTest extends BlockStoreContract {
    @TempDir private static Path folder;

    private static final Random RANDOM = new Random(5);

    private static TestS3 s3;

    private final String prefix = RandomId.next(RANDOM);

    @BeforeAll
    static void start() throws Exception {
        s3 = new TestS3(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        s3.stop();
    }

    @Override
    protected BlockStore open() {
        return S3BlockStore.open(
                TestS3.settings(prefix, s3.port()), RANDOM, InstantSource.system());
    }

    @Override
    protected boolean fills() {
        return false;
    }

    @Override
    protected void damage(ProjectId of, FrameLocation location, int offset) throws IOException {
        s3.damage(
                prefix + "/packs/" + of.value() + "/" + location.pack() + ".pack",
                location.offsetBytes() + offset);
    }
}
