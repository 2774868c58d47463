package io.syncline.client.api;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;

/** A device enrolled by a join link: the answer to {@code POST /v1/join}. */
public record Joined(Token token, DeviceId device, AccountId account, ProjectSummary project) {}
