package io.syncline.client.engine;

import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.state.StateStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What happened in a folder that a person may want to know of: a time, a sentence, and perhaps what
 * to do. The newest {@value #NOTES_MAX} are kept, also across restarts; a sentence that is among
 * the newest already only gets a new time.
 */
final class Notes {
    static final int NOTES_MAX = 50;

    /** A longer sentence is cut. */
    static final int TEXT_CHARS_MAX = 400;

    private static final String NOTES = "notes";

    private final Deque<FolderStatus.Note> notes = new ArrayDeque<>();

    void restore(StateStore store) {
        List<String> parts = store.value(NOTES).map(Parts::split).orElse(List.of());
        for (int i = 0; i + 2 < parts.size(); i += 3) {
            notes.add(
                    new FolderStatus.Note(
                            Long.parseLong(parts.get(i)), parts.get(i + 1), parts.get(i + 2)));
        }
    }

    /** Adds one, inside a transaction. */
    void add(StateStore store, long nowMillis, String text, String todo) {
        var note = new FolderStatus.Note(nowMillis, cut(text), cut(todo));
        notes.removeIf(other -> other.text().equals(note.text()));
        notes.addLast(note);
        while (notes.size() > NOTES_MAX) {
            notes.removeFirst();
        }
        var parts = new ArrayList<String>();
        for (FolderStatus.Note one : notes) {
            parts.add(Long.toString(one.timeMillis()));
            parts.add(one.text());
            parts.add(one.todo());
        }
        store.putValue(NOTES, Parts.join(parts.toArray(String[]::new)));
    }

    private static String cut(String text) {
        if (text.length() <= TEXT_CHARS_MAX) {
            return text;
        }
        boolean split = Character.isHighSurrogate(text.charAt(TEXT_CHARS_MAX - 2));
        return text.substring(0, TEXT_CHARS_MAX - (split ? 2 : 1)) + "…";
    }

    /** Oldest first. */
    List<FolderStatus.Note> all() {
        return List.copyOf(notes);
    }
}
