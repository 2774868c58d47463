/**
 * The server as this device sees it. Read {@link io.syncline.client.api.ServerApi} first: blocking
 * calls, one method per request of {@code docs/protocol.md}; then {@link
 * io.syncline.client.api.EventChannel}, which hears of new heads.
 *
 * <p>{@code HttpServerApi} is the adapter for HTTP; {@code RetryingServerApi} wraps any adapter and
 * repeats what may be repeated. This package decides nothing about trees or files.
 */
@NullMarked
package io.syncline.client.api;

import org.jspecify.annotations.NullMarked;
