package io.syncline.server.metrics;

import io.micrometer.core.instrument.Timer;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A port whose every call is measured. One class for all ports and all their methods, those to come
 * included, which is what a proxy is for; what it costs is in docs/decisions.md.
 */
final class MeteredPort implements InvocationHandler {
    private final Object port;

    /** Filled at the start, so that looking one up needs no lock. */
    private final Map<Method, Timers> timers = new HashMap<>();

    private record Timers(Timer ok, Timer failed) {}

    private MeteredPort(Class<?> type, String name, Object port, Metrics metrics) {
        this.port = port;
        for (Method method : type.getMethods()) {
            String call = method.getName();
            timers.put(
                    method,
                    new Timers(metrics.port(name, call, false), metrics.port(name, call, true)));
        }
    }

    static <P> P of(Class<P> type, String name, P port, Metrics metrics) {
        Object metered =
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        new MeteredPort(type, name, port, metrics));
        return type.cast(metered);
    }

    @Override
    public @Nullable Object invoke(
            Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        Timers to = timers.get(method);
        long start = System.nanoTime();
        boolean failed = true;
        try {
            Object result = method.invoke(port, arguments);
            failed = false;
            return result;
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        } finally {
            // Those of Object, such as toString, aren't the port's.
            if (to != null) {
                (failed ? to.failed() : to.ok())
                        .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            }
        }
    }
}
