package io.syncline.client.state;

/** What a commit of the state store promises about a power cut. */
public enum Durability {
    /**
     * Survives the end of the process; a power cut may take back this and later transactions, never
     * an earlier one that was {@link #DURABLE}.
     */
    EVENTUAL,
    /** This transaction and all before it survive a power cut. */
    DURABLE
}
