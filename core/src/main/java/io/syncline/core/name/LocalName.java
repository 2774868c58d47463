package io.syncline.core.name;

/**
 * How a name is spelt on one device.
 *
 * @param value the local name
 */
public record LocalName(String value, Form form) {
    /** How a local name relates to the exact one. */
    public enum Form {
        /** It is the exact name. */
        PLAIN,
        /** It is another, from which {@link LocalNames#decode} gets the exact one back. */
        MAPPED,
        /**
         * It is a part of the name and a hash of it, because all of it had no room. Only who knows
         * the exact name, from the device's memory or from the server, can tell what it stands for.
         */
        SHORTENED
    }
}
