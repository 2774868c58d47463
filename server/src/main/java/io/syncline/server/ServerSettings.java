package io.syncline.server;

import io.syncline.core.wire.Secret;
import io.syncline.server.collect.CollectSettings;
import io.syncline.server.config.StoreUrls;
import io.syncline.server.edge.EdgeSettings;
import io.syncline.server.rate.RateSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a server is told at its start.
 *
 * @param data the folder that holds everything: {@code metadata.sqlite} and {@code packs/}; made if
 *     missing
 * @param edge where it listens, and its bounds
 * @param adminPassword for the account {@code admin} when it is made; else a random one
 * @param version what {@code GET /v1/hello} says
 * @param collecting how unused blocks are collected
 * @param stores where things are kept that aren't kept in the folder
 * @param node which node of the server it is
 * @param rates what one account may ask for
 */
public record ServerSettings(
        Path data,
        EdgeSettings edge,
        Optional<Secret> adminPassword,
        String version,
        CollectSettings collecting,
        StoreUrls stores,
        NodeSettings node,
        RateSettings rates) {

    /** The only node. */
    public ServerSettings(
            Path data,
            EdgeSettings edge,
            Optional<Secret> adminPassword,
            String version,
            CollectSettings collecting,
            StoreUrls stores) {
        this(
                data,
                edge,
                adminPassword,
                version,
                collecting,
                stores,
                NodeSettings.ONLY,
                RateSettings.DEFAULT);
    }

    /** With the embedded stores. */
    public ServerSettings(
            Path data,
            EdgeSettings edge,
            Optional<Secret> adminPassword,
            String version,
            CollectSettings collecting) {
        this(data, edge, adminPassword, version, collecting, StoreUrls.EMBEDDED);
    }

    /** With the embedded stores and the default way of collecting. */
    public ServerSettings(
            Path data, EdgeSettings edge, Optional<Secret> adminPassword, String version) {
        this(data, edge, adminPassword, version, CollectSettings.DEFAULT);
    }

    /** As another node. */
    public ServerSettings as(NodeSettings other) {
        return new ServerSettings(
                data, edge, adminPassword, version, collecting, stores, other, rates);
    }

    /** With other rates. */
    public ServerSettings with(RateSettings other) {
        return new ServerSettings(
                data, edge, adminPassword, version, collecting, stores, node, other);
    }

    /** On loopback at this port (0: any free one). */
    public static ServerSettings loopback(Path data, int port) {
        return new ServerSettings(
                data, EdgeSettings.loopback(port), Optional.empty(), "development");
    }
}
