package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.CommitId;
import io.syncline.storage.metadata.Answer;
import io.syncline.storage.metadata.Answers;
import io.syncline.storage.metadata.ProjectKey;
import java.nio.ByteBuffer;
import java.util.Optional;

final class MemoryAnswers implements Answers.Writable {
    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemoryAnswers(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<Answer> find(CommitId id) {
        return transaction.project(project).answers.get(id);
    }

    @Override
    public void add(Answer answer) {
        ProjectTables tables = transaction.project(project);
        if (tables.answers.has(answer.commit())) {
            throw transaction.taken("the answer to commit " + answer.commit());
        }
        ByteBuffer bytes = ByteBuffer.allocate(answer.bytes().remaining()).put(answer.bytes());
        tables.answers =
                tables.answers.put(
                        answer.commit(),
                        new Answer(answer.commit(), answer.body(), bytes.flip(), answer.time()));
    }
}
