package io.syncline.system.crash;

/**
 * A place at which a process can be ended.
 *
 * @param name by which people call it
 * @param scene what has to go on for the place to be passed
 * @param className the class, in full
 * @param method its method; where several have the name, all of them unless {@code parameters}
 *     tells them apart
 * @param parameters how many it takes, or {@link #ANY}
 * @param edge where in the method
 */
record CrashPoint(
        String name, Scene scene, String className, String method, int parameters, Edge edge) {
    /** Whatever the number of parameters. */
    static final int ANY = -1;

    /** A place in a method. */
    enum Edge {
        /** Before anything in it is done. */
        ENTRY,
        /** When it returns; not when it throws. */
        EXIT
    }

    /** Which process it is, and what goes on meanwhile. */
    enum Scene {
        /** The server, while two people edit, or when it is stopped or started. */
        SERVER,
        /** A client, while two people edit, or when it is stopped or started. */
        CLIENT,
        /** The server's first start. */
        FIRST_START,
        /** A device that joins. */
        JOIN,
        /** {@code admin backup}. */
        BACKUP,
        /** {@code admin restore}. */
        RESTORE,
        /** {@code admin rebuild-index}. */
        REBUILD,
        /** {@code admin gc}, when there is something to collect. */
        COLLECT
    }

    /** Whether a method of this name and number of parameters is meant. */
    boolean isIn(String methodName, int parameterCount) {
        return method.equals(methodName) && (parameters == ANY || parameters == parameterCount);
    }
}
