package io.syncline.storage.metadata.postgres;

/**
 * An advisory lock, held until the end of a transaction. Such locks are kept in the server's
 * memory, so that sharing one writes no row.
 *
 * @param key of the project or the like that it is about
 */
record Lock(Kind kind, long key) implements Comparable<Lock> {
    /** What is locked, in the order in which locks are taken. */
    enum Kind {
        /** The schema itself, while it is brought up to date. */
        SCHEMA(1),
        /** Accounts, devices, memberships, links, quotas and settings. */
        INSTALLATION(2),
        /** A project's floor and epoch against its readers' registrations (R16). */
        FLOOR(3),
        /** What an account owns altogether. */
        OWNED(4),
        /** A project's collector against storing and committing (R10). */
        COLLECTOR(5),
        /** Failed attempts from a network. */
        ATTEMPTS(6);

        private final long code;

        Kind(long code) {
            this.code = code;
        }
    }

    static final Lock SCHEMA = new Lock(Kind.SCHEMA, 0);
    static final Lock INSTALLATION = new Lock(Kind.INSTALLATION, 0);

    /**
     * The lock's name in the database, which other installations share: two names are equal only by
     * chance, and then cost no more than waiting. Mixed as in SplitMix64 (Steele, Lea, Flood 2014).
     *
     * @param schema the schema's number in the database
     */
    long name(long schema) {
        return mix(mix(mix(schema) + kind.code) + key);
    }

    private static long mix(long value) {
        long mixed = value + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    @Override
    public int compareTo(Lock other) {
        int byKind = kind.compareTo(other.kind);
        return byKind != 0 ? byKind : Long.compare(key, other.key);
    }
}
