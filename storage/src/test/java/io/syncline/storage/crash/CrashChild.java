package io.syncline.storage.crash;

import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.Frames;
import io.syncline.storage.block.Frames.Named;
import io.syncline.storage.block.pack.HaltingPacks;
import io.syncline.storage.metadata.Answer;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Samples;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server in small that commits files until it is killed, or until it halts at a named point. It
 * prints each commit that it answered.
 */
public final class CrashChild {
    private static final int FILES = 3;

    private final String haltAt;
    private final AtomicInteger passesLeft;

    private CrashChild(String haltAt, int passes) {
        this.haltAt = haltAt;
        this.passesLeft = new AtomicInteger(passes);
    }

    /**
     * Arguments: folder, project, where to halt ({@code never} for not at all), how often to pass
     * there before.
     */
    public static void main(String[] arguments) {
        new CrashChild(arguments[2], Integer.parseInt(arguments[3]))
                .run(Path.of(arguments[0]), new ProjectId(arguments[1]));
    }

    private void here(String point) {
        if (point.equals(haltAt) && passesLeft.getAndDecrement() == 0) {
            Runtime.getRuntime().halt(9);
        }
    }

    private void run(Path folder, ProjectId project) {
        Random random = new Random();
        try (MetadataStore metadata = SqliteMetadataStore.open(folder.resolve("metadata.sqlite"));
                BlockStore blocks = HaltingPacks.open(folder, random, this::here)) {
            // Bounded, should nobody kill it.
            for (int i = 0; i < 20_000; i++) {
                CommitId id = commit(metadata, blocks, project, random);
                here("committed");
                System.out.println(id);
                System.out.flush();
            }
        }
    }

    private CommitId commit(
            MetadataStore metadata, BlockStore blocks, ProjectId project, Random random) {
        List<Named> frames = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            frames.add(Frames.random(random, 1 + random.nextInt(8_000)));
        }
        List<FrameLocation> locations =
                blocks.append(project, frames.stream().map(Named::frame).toList());
        here("appended");
        metadata.write(transaction -> {
            List<NewBlock> rows = new ArrayList<>();
            for (int i = 0; i < FILES; i++) {
                int size = frames.get(i).frame().remaining();
                rows.add(new NewBlock(frames.get(i).hash(), locations.get(i), size, 0));
            }
            Project now = transaction.projects().lock(project).orElseThrow();
            int inserted = transaction.blocks(now.key()).insert(rows, Samples.T0);
            here("rows");
            return inserted;
        });
        here("rowsCommitted");
        CommitId id = new CommitId(RandomId.next(random));
        metadata.write(transaction -> {
            Project now = transaction.projects().lock(project).orElseThrow();
            List<Version> versions = new ArrayList<>();
            for (int i = 0; i < FILES; i++) {
                long sequence = now.head() + 1 + i;
                Content content =
                        new Content(0, frames.get(i).hash(), frames.get(i).frame().remaining());
                Node node =
                        Samples.node(
                                sequence,
                                0,
                                "file " + sequence,
                                sequence,
                                Item.file(content, false, 0));
                versions.add(Samples.created(node));
            }
            long head = Samples.commit(transaction, project, versions);
            here("nodes");
            ByteBuffer answer =
                    ByteBuffer.wrap(Long.toString(head).getBytes(StandardCharsets.UTF_8));
            transaction.answers(now.key()).add(new Answer(id, Hash.EMPTY, answer, Samples.T0));
            here("answer");
            return head;
        });
        return id;
    }
}
