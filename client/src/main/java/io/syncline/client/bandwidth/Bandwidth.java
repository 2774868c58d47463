package io.syncline.client.bandwidth;

/**
 * The limits that all transfers of one process share. They may be changed while it transfers:
 * within a second or so, what is under way goes at the new rate. Thread-safe.
 */
public final class Bandwidth {
    private final Pace upload;
    private final Pace download;
    private volatile BandwidthLimits limits = BandwidthLimits.NONE;

    /** Without limits, in real time. */
    public Bandwidth() {
        this(Pace.Time.REAL);
    }

    /** Without limits, in that time. */
    public Bandwidth(Pace.Time time) {
        this.upload = new Pace(time);
        this.download = new Pace(time);
    }

    /** Sets both limits. */
    public synchronized void limit(BandwidthLimits wanted) {
        limits = wanted;
        upload.limit(wanted.upload());
        download.limit(wanted.download());
    }

    /** The limits that are set. */
    public BandwidthLimits limits() {
        return limits;
    }

    /** What sends contents goes at this pace. */
    public Pace upload() {
        return upload;
    }

    /** What receives contents goes at this pace. */
    public Pace download() {
        return download;
    }
}
