package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.CommitId;
import io.syncline.storage.metadata.Answer;
import io.syncline.storage.metadata.Answers;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.column.Values;
import java.nio.ByteBuffer;
import java.util.Optional;

final class PostgresAnswers implements Answers.Writable {
    private final PostgresTransaction transaction;
    private final ProjectKey project;

    PostgresAnswers(PostgresTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<Answer> find(CommitId id) {
        return transaction.one(
                row ->
                        new Answer(
                                id,
                                Values.hash(row, 1),
                                ByteBuffer.wrap(row.getBytes(2)),
                                Values.time(row, 3)),
                "SELECT body, answer, time FROM answer WHERE project = ? AND commit_id = ?",
                project.value(),
                Values.id(id.value()));
    }

    @Override
    public void add(Answer answer) {
        transaction.update(
                "INSERT INTO answer (project, commit_id, body, answer, time)"
                        + " VALUES (?, ?, ?, ?, ?)",
                project.value(),
                Values.id(answer.commit().value()),
                answer.body().toBytes(),
                Values.bytes(answer.bytes()),
                answer.time().toEpochMilli());
    }
}
