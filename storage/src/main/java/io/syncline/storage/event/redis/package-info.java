/**
 * The event bus between the nodes of a server, on Redis or Valkey pub/sub. Start with {@link
 * io.syncline.storage.event.redis.RedisEventBus}; {@code Publishing} and {@code Listening} are its
 * two connections, {@code HintMessage} what goes over them (docs/formats.md).
 */
@NullMarked
package io.syncline.storage.event.redis;

import org.jspecify.annotations.NullMarked;
