/**
 * The OpenAPI document of the protocol. The document itself is {@code openapi.yaml} among the
 * resources of this package; a request that is added, changed or removed changes it, and {@code
 * OpenApiTest} holds both against each other.
 */
@NullMarked
package io.syncline.server.openapi;

import org.jspecify.annotations.NullMarked;
