package io.syncline.system.crash;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Calls to the kernel that Java doesn't have. Linux alone. */
final class Kernel {
    private static final int SIGKILL = 9;

    /** {@code EXT4_IOC_SHUTDOWN}, which is {@code _IOR('X', 125, __u32)}. */
    private static final long SHUTDOWN = 0x8004_587DL;

    /**
     * {@code EXT4_GOING_FLAGS_NOLOGFLUSH}: nothing more is written, not even the journal. What
     * wasn't forced is gone, and every later call fails.
     */
    private static final int NO_LOG_FLUSH = 2;

    private Kernel() {}

    @SuppressWarnings("restricted") // The launcher grants it; see scripts/java.sh.
    private static MethodHandle function(
            String name, FunctionDescriptor type, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
    }

    /** Ends this process as {@code kill -9} does. */
    static void killSelf() {
        try {
            int pid = Math.toIntExact(ProcessHandle.current().pid());
            var kill = function("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
            int unused = (int) kill.invokeExact(pid, SIGKILL);
            throw new IllegalStateException("still alive: " + unused);
        } catch (Throwable e) {
            throw new IllegalStateException("cannot kill this process", e);
        }
    }

    /** Lets a file system lose its power: an ext4 that is mounted at this path. */
    static void cutPower(Path mountPoint) {
        try (Arena arena = Arena.ofConfined()) {
            var open =
                    function(
                            "open",
                            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                            Linker.Option.firstVariadicArg(2));
            var ioctl =
                    function(
                            "ioctl",
                            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
                            Linker.Option.firstVariadicArg(2));
            int directory = (int) open.invokeExact(arena.allocateFrom(mountPoint.toString()), 0);
            MemorySegment flags = arena.allocateFrom(JAVA_INT, NO_LOG_FLUSH);
            int result = (int) ioctl.invokeExact(directory, SHUTDOWN, flags);
            // Held, it couldn't be unmounted.
            var close = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
            var _ = (int) close.invokeExact(directory);
            if (result != 0) {
                throw new IllegalStateException("cannot cut the power of " + mountPoint);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot cut the power of " + mountPoint, e);
        }
    }
}
