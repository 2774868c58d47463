package io.syncline.client.transfer;

import io.syncline.client.api.BlockApi;
import io.syncline.client.transfer.SendQueue.Job;
import io.syncline.client.transfer.SendQueue.Piece;
import io.syncline.core.delta.DeltaEncoder;
import io.syncline.core.delta.Signature;
import io.syncline.core.delta.SignatureRequest;
import io.syncline.core.delta.SignatureRequest.Span;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.ProjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out which blocks of a file that the server had before may be sent as deltas: those that lie
 * where it had others, in short runs. What was inserted at one place is long, and like nothing.
 */
final class ChangedBlocks {
    /** Most blocks in a run: a write of 64 KiB touches two or three. */
    static final int RUN_MAX = 8;

    /** Most bytes of blocks asked about at once, so that the server reads little more for it. */
    static final int ASK_BYTES = 6 << 20;

    private ChangedBlocks() {}

    /**
     * An encoder for each piece for which the server told signatures. Asks it a few times at most:
     * about all pieces of a file at once, or as many as have {@link #ASK_BYTES}.
     *
     * @param pieces of any files; those of one file in the order of their offsets
     */
    static Map<Piece, DeltaEncoder> encoders(
            BlockApi server, ProjectId project, List<Piece> pieces) {
        Map<Job, List<Piece>> files = new LinkedHashMap<>();
        for (Piece piece : pieces) {
            files.computeIfAbsent(piece.job, _ -> new ArrayList<>()).add(piece);
        }
        Map<Piece, DeltaEncoder> encoders = new HashMap<>();
        files.forEach((job, all) ->
                job.file
                        .before()
                        .ifPresent(before -> {
                            for (List<Piece> asked : questions(shortRuns(all), before)) {
                                var request = new SignatureRequest(before, spans(asked));
                                var encoder =
                                        new DeltaEncoder(signatures(server, project, request));
                                asked.forEach(piece -> encoders.put(piece, encoder));
                            }
                        }));
        return encoders;
    }

    /** None from a server that doesn't know the question: blocks can always be sent themselves. */
    private static List<Signature> signatures(
            BlockApi server, ProjectId project, SignatureRequest request) {
        try {
            return server.signatures(project, request);
        } catch (SynclineException e) {
            return switch (e.code()) {
                case NOT_FOUND, INVALID, CORRUPT -> List.of();
                default -> throw e;
            };
        }
    }

    private static long end(Piece piece) {
        return piece.offsetBytes + piece.sizeBytes;
    }

    private static List<Piece> shortRuns(List<Piece> pieces) {
        List<Piece> found = new ArrayList<>();
        List<Piece> run = new ArrayList<>();
        for (Piece piece : pieces) {
            if (!run.isEmpty() && end(run.getLast()) != piece.offsetBytes) {
                takeShort(run, found);
            }
            run.add(piece);
        }
        takeShort(run, found);
        return found;
    }

    private static void takeShort(List<Piece> run, List<Piece> found) {
        if (run.size() <= RUN_MAX) {
            found.addAll(run);
        }
        run.clear();
    }

    private static List<List<Piece>> questions(List<Piece> pieces, Content before) {
        List<List<Piece>> questions = new ArrayList<>();
        long bytes = ASK_BYTES;
        for (Piece piece : pieces) {
            if (piece.offsetBytes >= before.sizeBytes()) {
                break;
            }
            if (piece.sizeBytes < Signature.PIECE_BYTES) {
                continue;
            }
            if (bytes + piece.sizeBytes > ASK_BYTES
                    || questions.getLast().size() == SignatureRequest.SPANS_MAX) {
                questions.add(new ArrayList<>());
                bytes = 0;
            }
            questions.getLast().add(piece);
            bytes += piece.sizeBytes;
        }
        return questions;
    }

    /** Where the pieces lie, neighbours as one. */
    private static List<Span> spans(List<Piece> pieces) {
        List<Span> spans = new ArrayList<>();
        for (Piece piece : pieces) {
            if (!spans.isEmpty() && spans.getLast().end() == piece.offsetBytes) {
                Span before = spans.removeLast();
                spans.add(new Span(before.from(), before.length() + piece.sizeBytes));
            } else {
                spans.add(new Span(piece.offsetBytes, piece.sizeBytes));
            }
        }
        return spans;
    }
}
