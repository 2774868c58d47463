package io.syncline.client.transfer;

import java.util.List;
import java.util.function.Consumer;

/**
 * The transfers of one folder with its project. Each method blocks until every file has been
 * answered by one result; results come in any order, as early as possible, from threads of the
 * transfer but one at a time, and are best put into a queue.
 *
 * <p>Thread-safe; transfers may run side by side. Interrupting the calling thread cancels: the
 * method then throws UNAVAILABLE with the interrupt flag set, after all of its threads have ended.
 * Memory is bounded whatever the number and size of the files. Failures of the server are thrown as
 * {@link io.syncline.client.api.ServerApi} says, after results already earned have been told;
 * failures of single files are results.
 *
 * <p>Starting anew after any failure sends and fetches only what is still missing.
 */
public interface Transfers {

    /** What each of these files and links holds: cut and hashed, nothing sent. Works offline. */
    void describe(List<Outgoing> files, Consumer<Sent> results, Progress.Listener progress);

    /**
     * As {@link #describe}, and the server then holds every block of what was described (until
     * collected, L3): the file may be committed.
     */
    void send(List<Outgoing> files, Consumer<Sent> results, Progress.Listener progress);

    /** Fetches contents into temporaries whose bytes and attributes are durable. */
    void fetch(List<Incoming> files, Consumer<Fetched> results, Progress.Listener progress);
}
