package io.syncline.storage.event;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;

/** The project's head is at least here. Idempotent and coalescible. */
public record HeadHint(ProjectId project, Epoch epoch, long sequence) {}
