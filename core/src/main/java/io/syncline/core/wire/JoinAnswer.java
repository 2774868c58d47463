package io.syncline.core.wire;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;

/** The new device, its token, and the project that it joined. */
public record JoinAnswer(Secret token, DeviceId device, AccountId account, ProjectView project) {}
