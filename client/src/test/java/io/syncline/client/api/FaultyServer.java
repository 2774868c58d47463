package io.syncline.client.api;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * A server whose calls go wrong as told: before the call (it never happened), after it (it happened
 * and the answer was lost), or by happening twice.
 */
public final class FaultyServer {
    /** What goes wrong with a call. */
    public enum Fault {
        /** Nothing. */
        NONE,
        /** The request never arrives: UNAVAILABLE. */
        LOST_REQUEST,
        /** The server does it, the answer is lost: UNAVAILABLE. */
        LOST_ANSWER,
        /** The request arrives twice; the second answer is the one seen. */
        TWICE
    }

    /** Decides call by call; may wait, to make a call slow. */
    @FunctionalInterface
    public interface Plan {
        /**
         * What goes wrong.
         *
         * @param method the name of the method of {@link ServerApi}
         */
        Fault fault(String method) throws InterruptedException;
    }

    private FaultyServer() {}

    /** The same server, with faults. */
    public static ServerApi around(ServerApi server, Plan plan) {
        InvocationHandler handler =
                (_, method, arguments) -> {
                    Object[] handed = arguments == null ? new Object[0] : arguments;
                    return switch (fault(plan, method)) {
                        case NONE -> call(server, method, handed);
                        case LOST_REQUEST ->
                                throw ServerFailure.unavailable("lost request " + method.getName());
                        case LOST_ANSWER -> {
                            call(server, method, handed);
                            throw ServerFailure.unavailable("lost answer " + method.getName());
                        }
                        case TWICE -> {
                            call(server, method, handed);
                            yield call(server, method, handed);
                        }
                    };
                };
        return (ServerApi)
                Proxy.newProxyInstance(
                        ServerApi.class.getClassLoader(),
                        new Class<?>[] {ServerApi.class},
                        handler);
    }

    private static Fault fault(Plan plan, Method method) {
        try {
            return plan.fault(method.getName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ServerFailure.unavailable("interrupted", e);
        }
    }

    private static Object call(ServerApi server, Method method, Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(server, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
