package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.changed;
import static io.syncline.storage.metadata.Samples.commit;
import static io.syncline.storage.metadata.Samples.created;
import static io.syncline.storage.metadata.Samples.deleted;
import static io.syncline.storage.metadata.Samples.file;
import static io.syncline.storage.metadata.Samples.moved;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.name.NameKey;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.storage.metadata.Version.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every metadata store promises about its index of names. */
public abstract class NameIndexContract {
    private static final String[] PIECES = {
        "a", "b", "ab", "Report", "é", "e\u0301", "ß", "\"", "'", "*", "-", " ", "AND", "😀", "日本",
        "%", "_", "\\", "\u0001", "Σ"
    };

    private MetadataStore store;
    private Project project;
    private final Map<NodeId, Node> live = new TreeMap<>();
    private long head;

    /** Opens an empty store. */
    protected abstract MetadataStore open();

    @BeforeEach
    void openStore() {
        store = open();
        project = newProject(13);
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private Project newProject(long seed) {
        return store.write(
                transaction -> transaction.projects().add(new Samples(seed).newProject()));
    }

    private void apply(List<Version> versions) {
        head = commit(store, project.id(), versions);
        for (Version version : versions) {
            if (version.node().deleted()) {
                live.remove(version.node().id());
            } else {
                live.put(version.node().id(), version.node());
            }
        }
    }

    private int follow(int limit) {
        return store.write(transaction -> transaction.names(project.key()).follow(limit));
    }

    private long upTo() {
        return store.read(transaction -> transaction.names(project.key()).upTo());
    }

    private List<NodeId> candidates(String term, long below, int limit) {
        return store.read(
                transaction -> transaction.names(project.key()).candidates(term, below, limit));
    }

    private List<NodeId> candidates(String text) {
        return candidates(NameKey.of(text).value(), Long.MAX_VALUE, 10_000);
    }

    private static String name(Random random) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < 1 + random.nextInt(7); i++) {
            name.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return name.toString();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyMatchUpToItsSequenceIsNamed(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 30; round++) {
            List<Version> versions = new ArrayList<>();
            List<Node> old = new ArrayList<>(live.values());
            for (int i = 0; i < 20; i++) {
                long next = head + 1 + i;
                Node some = old.isEmpty() ? null : old.remove(random.nextInt(old.size()));
                String name = name(random) + next;
                if (some == null || random.nextInt(3) == 0) {
                    versions.add(created(file(next, 0, name)));
                } else if (random.nextInt(3) == 0) {
                    versions.add(changed(deleted(some, next), Action.DELETE));
                } else {
                    versions.add(changed(moved(some, 0, name, next), Action.MOVE));
                }
            }
            apply(versions);
            if (random.nextBoolean()) {
                follow(1 + random.nextInt(30));
            }
            check(random, seed);
        }
    }

    private void check(Random random, long seed) {
        long upTo = upTo();
        for (int i = 0; i < 20; i++) {
            String key = NameKey.of(name(random)).value();
            boolean beginning = key.codePointCount(0, key.length()) < 3;
            List<NodeId> matches = new ArrayList<>();
            for (Node node : live.values()) {
                String name = NameKey.of(node.place().name()).value();
                boolean holds = beginning ? name.startsWith(key) : name.contains(key);
                if (holds && node.sequence() <= upTo) {
                    matches.add(node.id());
                }
            }
            assertThat(candidates(key)).as("seed %s, %s", seed, key).containsAll(matches);
        }
    }

    @Test
    void partsOfThreeAndBeginningsOfOneAndTwoAreFound() {
        apply(
                List.of(
                        created(file(1, 0, "Annual Report.pdf")),
                        created(file(2, 0, "report")),
                        created(file(3, 0, "r")),
                        created(file(4, 0, "RÉSUMÉ.txt")),
                        created(file(5, 0, "re\u0301sume\u0301"))));
        follow(10);

        assertThat(candidates("REPORT")).containsExactly(new NodeId(2), new NodeId(1));
        assertThat(candidates("port.")).containsExactly(new NodeId(1));
        assertThat(candidates("résumé")).containsExactly(new NodeId(5), new NodeId(4));
        assertThat(candidates("re")).containsExactly(new NodeId(2));
        assertThat(candidates("R"))
                .containsExactly(new NodeId(5), new NodeId(4), new NodeId(3), new NodeId(2));
        assertThat(candidates("nothing")).isEmpty();
    }

    @Test
    void pagesGoDownById() {
        List<Version> versions = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            versions.add(created(file(i, 0, "same " + i)));
        }
        apply(versions);
        follow(1_000);

        List<NodeId> all = new ArrayList<>();
        List<NodeId> page = candidates("same", Long.MAX_VALUE, 7);
        while (!page.isEmpty()) {
            all.addAll(page);
            page = candidates("same", page.getLast().value(), 7);
        }
        assertThat(all).hasSize(100).isSortedAccordingTo((a, b) -> b.compareTo(a));
    }

    @Test
    void followsInStepsAndStopsAtTheHead() {
        assertThat(follow(10)).isZero();
        assertThat(upTo()).isZero();
        List<Version> versions = new ArrayList<>();
        for (int i = 1; i <= 25; i++) {
            versions.add(created(file(i, 0, "step " + i)));
        }
        apply(versions);

        assertThat(follow(10)).isEqualTo(10);
        assertThat(upTo()).isEqualTo(10);
        assertThat(candidates("step")).hasSize(10);
        assertThat(follow(100)).isEqualTo(15);
        assertThat(upTo()).isEqualTo(25);
        assertThat(follow(100)).isZero();
        assertThat(candidates("step")).hasSize(25);
    }

    @Test
    void failedWriteLeavesTheIndexWhereItWas() {
        apply(List.of(created(file(1, 0, "kept out"))));
        try {
            store.write(transaction -> {
                transaction.names(project.key()).follow(10);
                throw new IllegalArgumentException("as planned");
            });
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessage("as planned");
        }
        assertThat(upTo()).isZero();
        assertThat(candidates("kept out")).isEmpty();
    }

    @Test
    @DisplayName("L7 a search finds its own project's nodes only")
    void projectsAreApart() {
        apply(List.of(created(file(1, 0, "secret plan"))));
        follow(10);
        Project before = project;
        project = newProject(14);
        apply(List.of(created(file(1, 0, "secret lunch")), created(file(2, 0, "secret"))));
        follow(10);

        assertThat(candidates("secret")).containsExactly(new NodeId(2), new NodeId(1));
        project = before;
        assertThat(candidates("secret")).containsExactly(new NodeId(1));
        assertThat(candidates("lunch")).isEmpty();
    }
}
