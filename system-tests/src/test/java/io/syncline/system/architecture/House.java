package io.syncline.system.architecture;

import java.util.List;
import java.util.Set;

/** The tables of the house: what may see what. Extend them here; docs/architecture.md says why. */
final class House {
    private House() {}

    /** A module and the other modules that it may use. */
    record Module(String name, Set<String> mayUse) {
        Module {
            mayUse = Set.copyOf(mayUse);
        }

        String packages() {
            return "io.syncline." + name + "..";
        }
    }

    /**
     * The arrows. That cli may use core is implied by its arrows to client and server, which answer
     * in core's words; that it may not use storage is the point.
     */
    static final List<Module> MODULES =
            List.of(
                    new Module("core", Set.of()),
                    new Module("storage", Set.of("core")),
                    new Module("client", Set.of("core")),
                    new Module("web", Set.of()),
                    new Module("server", Set.of("core", "storage", "web")),
                    new Module("cli", Set.of("core", "client", "server", "web")),
                    new Module(
                            "system", Set.of("core", "storage", "client", "web", "server", "cli")));

    /**
     * A third-party library, by its packages, and the only packages and classes that may import it.
     */
    record Library(String name, List<String> packages, List<String> owners) {
        Library {
            packages = List.copyOf(packages);
            owners = List.copyOf(owners);
        }
    }

    /**
     * Owners that end in ".." are packages with all beneath them; others are single packages or
     * classes.
     */
    static final List<Library> LIBRARIES =
            List.of(
                    new Library(
                            "JGit",
                            List.of("org.eclipse.jgit.."),
                            List.of("io.syncline.client.ignore..")),
                    new Library(
                            "Jetty",
                            List.of("org.eclipse.jetty.."),
                            List.of("io.syncline.server.edge..")),
                    new Library(
                            "JDBC",
                            List.of("java.sql..", "javax.sql.."),
                            List.of(
                                    "io.syncline.storage.metadata.column..",
                                    "io.syncline.storage.metadata.postgres..",
                                    "io.syncline.storage.metadata.sqlite..",
                                    "io.syncline.client.state.sqlite..")),
                    new Library(
                            "SQLite",
                            List.of("org.sqlite.."),
                            List.of(
                                    "io.syncline.storage.metadata.sqlite..",
                                    "io.syncline.client.state.sqlite..")),
                    new Library(
                            "PostgreSQL and HikariCP",
                            List.of("org.postgresql..", "com.zaxxer..", "io.zonky.."),
                            List.of("io.syncline.storage.metadata.postgres..")),
                    new Library(
                            "zstd",
                            List.of("com.github.luben.."),
                            List.of("io.syncline.core.frame..")),
                    new Library(
                            "Bouncy Castle",
                            List.of("org.bouncycastle.."),
                            List.of("io.syncline.server.account..")),
                    new Library(
                            "Jackson",
                            List.of("com.fasterxml.jackson.."),
                            List.of("io.syncline.core.wire..", "io.syncline.core.json..")),
                    new Library(
                            "the AWS SDK",
                            List.of("software.amazon.awssdk.."),
                            List.of("io.syncline.storage.block.s3..")),
                    new Library(
                            "Jedis",
                            List.of("redis.clients.."),
                            List.of("io.syncline.storage.event.redis..")),
                    new Library(
                            "the JDK's small HTTP server",
                            List.of("com.sun.net.httpserver.."),
                            List.of(
                                    "io.syncline.client.daemon..",
                                    "io.syncline.server.admin..",
                                    "io.syncline.server.metrics..")),
                    new Library(
                            "Micrometer",
                            List.of("io.micrometer..", "io.prometheus.."),
                            List.of("io.syncline.server.metrics..")),
                    new Library("picocli", List.of("picocli.."), List.of("io.syncline.cli..")),
                    new Library(
                            "Logback", List.of("ch.qos.logback.."), List.of("io.syncline.cli..")),
                    new Library(
                            "SLF4J",
                            List.of("org.slf4j.."),
                            List.of(
                                    "io.syncline.storage..",
                                    "io.syncline.client..",
                                    "io.syncline.server..",
                                    "io.syncline.cli..")));

    /** What everyone may use besides its own modules: the JDK and annotations. */
    static final List<String> COMMON =
            List.of(
                    "java..",
                    "javax.crypto..",
                    "javax.net..",
                    "javax.security..",
                    "org.jspecify.annotations..",
                    "com.google.errorprone.annotations..");

    /** Types that reach outside of core, as regular expressions over full names. */
    static final List<String> IMPURE_TYPES =
            List.of(
                    "java\\.nio\\.(file|channels)\\..*",
                    "java\\.net\\..*",
                    "javax\\.net\\..*",
                    "java\\.io\\.(File.*|RandomAccessFile|Console)",
                    "java\\.lang\\.(Thread.*|InheritableThreadLocal|Process.*|Runtime)",
                    "java\\.util\\.(Random|SplittableRandom|Timer.*)",
                    "java\\.util\\.logging\\..*",
                    "java\\.security\\.SecureRandom",
                    "java\\.util\\.concurrent\\.locks\\..*",
                    "java\\.util\\.concurrent\\.(.*Execut.*|CompletableFuture|ForkJoin.*|ThreadLocalRandom|Flow.*"
                        + "|Semaphore|CountDownLatch|.*BlockingQueue)");

    /** A call that reads the world around core: owner and method, as regular expressions. */
    record Call(String owner, String method) {}

    static final List<Call> IMPURE_CALLS =
            List.of(
                    new Call("java\\.lang\\.System", "(?!arraycopy$|identityHashCode$).*"),
                    new Call("java\\.lang\\.Math", "random"),
                    new Call("java\\.util\\.UUID", "randomUUID"),
                    new Call("java\\.time\\.Clock", "system.*|tick.*"),
                    new Call("java\\.time\\.InstantSource", "system"),
                    new Call("java\\.time\\..*", "now"),
                    new Call("java\\.util\\.random\\..*", "of|getDefault"),
                    new Call("java\\.util\\.Collection", "parallelStream"),
                    new Call("java\\.util\\.Collections", "shuffle"),
                    new Call("java\\.util\\.stream\\..*", "parallel"));

    /**
     * Packages of concrete adapters: the third level of storage's ports, and the client's by name.
     */
    static final List<String> ADAPTERS =
            List.of(
                    "io.syncline.storage.block.*..",
                    "io.syncline.storage.event.*..",
                    "io.syncline.storage.metadata.[memory|postgres|sqlite]..",
                    "io.syncline.client.state.*..",
                    "io.syncline.client.disk.*..");

    /** Who may name a concrete adapter, besides itself. */
    static final List<String> WIRING =
            List.of(
                    "io.syncline.server.Server",
                    "io.syncline.server.Backends",
                    "io.syncline.client.Client",
                    "io.syncline.cli..",
                    "io.syncline.system..");
}
