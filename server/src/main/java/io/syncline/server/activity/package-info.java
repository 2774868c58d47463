/**
 * What a node did lately, from its memory: {@link io.syncline.server.activity.Activity} is told of
 * every request and answers what an operator asks. Nothing here is kept, and all of it is bounded.
 */
@NullMarked
package io.syncline.server.activity;

import org.jspecify.annotations.NullMarked;
