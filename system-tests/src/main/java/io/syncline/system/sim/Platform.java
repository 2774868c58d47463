package io.syncline.system.sim;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.concurrent.Executor;

/**
 * Virtual threads with a scheduler of our own, which the platform has but doesn't offer: needs
 * {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
 */
final class Platform {
    /** The option that this class needs of the JVM. */
    static final String OPTION = "--add-opens=java.base/java.lang=ALL-UNNAMED";

    private static final Constructor<?> BUILDER = builder();

    private Platform() {}

    private static Constructor<?> builder() {
        try {
            Constructor<?> builder =
                    Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                            .getDeclaredConstructor(Executor.class);
            builder.setAccessible(true);
            return builder;
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalStateException(
                    "the simulator needs a JDK 25 started with " + OPTION, e);
        }
    }

    /** Builds threads that run when {@code scheduler} runs what it is given. */
    static Thread.Builder.OfVirtual builder(Executor scheduler) {
        try {
            return (Thread.Builder.OfVirtual) BUILDER.newInstance(scheduler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no virtual thread can be built", e);
        }
    }

    /** The thread that goes on when this is run. */
    static Thread threadOf(Runnable continuation) {
        try {
            for (Field field : continuation.getClass().getDeclaredFields()) {
                field.setAccessible(true);
                if (field.get(continuation) instanceof Thread thread) {
                    return thread;
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("what a scheduler is given can't be looked into", e);
        }
        throw new IllegalStateException("no thread's continuation: " + continuation.getClass());
    }
}
