/**
 * What is measured of a server node, for Prometheus: every request, every call of a port,
 * background work, sockets and the JVM. The only package that sees Micrometer. Read {@link
 * io.syncline.server.metrics.Metrics}.
 */
@NullMarked
package io.syncline.server.metrics;

import org.jspecify.annotations.NullMarked;
