package io.syncline.client.api;

/**
 * A server, asked as one device (or session): {@code docs/protocol.md} as methods.
 *
 * <p>Guarantees of every method of this and the interfaces that it extends:
 *
 * <ul>
 *   <li>Thread-safe; blocks the calling thread, which is best a virtual one. An interrupted call
 *       throws UNAVAILABLE with the interrupt flag set; what the server made of it is unknown.
 *   <li>Every wait has a time limit and every answer a greatest size; beyond it the call throws
 *       UNAVAILABLE or CORRUPT. No call waits for ever.
 *   <li>Outcomes that a correct client meets (a refused chunk, an expired cursor) are values. The
 *       rest throws {@link io.syncline.core.error.SynclineException}, whose code decides:
 *       UNAUTHENTICATED the token is revoked or unknown; FORBIDDEN the role is too small; NOT_FOUND
 *       no such thing, or no membership (L7): neither ever is a reason to delete locally (R29);
 *       UPGRADE_REQUIRED this client is too old; LIMITED and UNAVAILABLE may pass, later; CORRUPT
 *       the answer breaks the protocol.
 *   <li>After UNAVAILABLE nothing is known of whether a mutation was applied. All of them but those
 *       that make something new may be repeated (L8).
 * </ul>
 */
public interface ServerApi extends AccountApi, TreeApi, BlockApi, AutoCloseable {

    /** What went over the wire so far, both directions, by category. */
    Traffic traffic();

    /** Ends idle connections; calls under way fail with UNAVAILABLE. May be repeated. */
    @Override
    void close();
}
