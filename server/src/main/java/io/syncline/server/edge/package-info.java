/**
 * The edge: HTTP/1.1, HTTP/2, WebSocket and TLS, and the one place that turns a failure into a
 * problem document. Features see {@link io.syncline.server.edge.Call} and answer with {@link
 * io.syncline.server.edge.Answer}; nothing of the HTTP library leaves this package. Start with
 * {@link io.syncline.server.edge.Edge}.
 *
 * <p>Knows neither accounts nor stores.
 */
@NullMarked
package io.syncline.server.edge;

import org.jspecify.annotations.NullMarked;
