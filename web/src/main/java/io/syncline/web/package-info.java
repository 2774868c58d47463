/**
 * The browser application: static files beneath the resource folder {@code io/syncline/web/static},
 * served by the server's edge. No Java code belongs here.
 */
@NullMarked
package io.syncline.web;

import org.jspecify.annotations.NullMarked;
