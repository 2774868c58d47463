/**
 * What an operator tells a server: one file, the environment and flags, read and judged as a whole.
 * Start with {@link io.syncline.server.config.ServerConfig}; {@code docs/syncline.conf.example}
 * explains every key.
 */
@NullMarked
package io.syncline.server.config;

import org.jspecify.annotations.NullMarked;
