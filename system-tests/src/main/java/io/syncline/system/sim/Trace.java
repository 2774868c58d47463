package io.syncline.system.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What happened in a run, as a SHA-256 over all of it: two runs of one seed that differ anywhere
 * have different hashes. With the lines themselves where somebody wants to read them.
 */
final class Trace {
    private static final int STORY_MAX = 10_000;

    private final MessageDigest sum;
    private final List<String> story = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(16);
    private final Appendable lines;
    private final boolean withLines;
    private long lastStep;

    /** A trace whose lines are dropped, but for the sum. */
    Trace() {
        this(new StringBuilder(), false);
    }

    /** A trace that is written down as well. */
    Trace(Appendable lines) {
        this(lines, true);
    }

    private Trace(Appendable lines, boolean withLines) {
        this.lines = lines;
        this.withLines = withLines;
        try {
            this.sum = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A thread took a step. */
    void step(long nanos, long thread) {
        sum.update(buffer.clear().putLong(nanos).putLong(thread).flip());
        lastStep = nanos;
        if (withLines) {
            write("  " + thread);
        }
    }

    /** Something happened to a world, or somebody did something. */
    void told(String actor, String what) {
        if (story.size() < STORY_MAX) {
            story.add(lastStep / 1_000_000 + " ms " + actor + ": " + what);
        }
        event(actor, what);
    }

    /** What was told, in short. */
    List<String> story() {
        return List.copyOf(story);
    }

    /** Something worth a line happened. */
    void event(String actor, String what) {
        String line = actor + ": " + what;
        sum.update(line.getBytes(StandardCharsets.UTF_8));
        if (withLines) {
            write(line);
        }
    }

    private void write(String line) {
        try {
            lines.append(Long.toString(lastStep)).append(' ').append(line).append('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sum so far, in hexadecimal. */
    String hash() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) sum.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }
}
