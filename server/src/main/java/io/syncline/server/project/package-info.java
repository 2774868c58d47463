/**
 * Projects, their members and the links by which devices join. Start with {@link
 * io.syncline.server.project.Projects}. What is inside a project is for the other features.
 */
@NullMarked
package io.syncline.server.project;

import org.jspecify.annotations.NullMarked;
