package io.syncline.system.sim;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How much the collections hold that the product reaches from an object. Every field is looked at,
 * so that one which is added can't be forgotten; a class of ours with a method {@code int size()}
 * is a collection as well. Not looked into is what the simulator is made of, what threads have on
 * their stacks, and, but from inside, the twins of disks, states and stores.
 */
final class Holdings {
    private static final String OURS = "io.syncline.";
    private static final String SIMULATOR = "io.syncline.system.";

    /** Behind the name of a collection of collections: those in it. */
    static final String INNER = "[]";

    /** Where the twins are. */
    private static final String TWIN = ".memory.";

    private final SortedMap<String, Long> sizes = new TreeMap<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> toVisit = new ArrayDeque<>();
    private final boolean inTwin;

    private Holdings(boolean inTwin) {
        this.inTwin = inTwin;
    }

    /**
     * The entries of all collections by class and field, of all instances together, those of
     * collections in a collection with {@value #INNER} behind its name.
     */
    static SortedMap<String, Long> of(Object root) {
        var holdings = new Holdings(root.getClass().getName().contains(TWIN));
        holdings.comeTo(root);
        while (!holdings.toVisit.isEmpty()) {
            holdings.visit(holdings.toVisit.removeFirst());
        }
        return holdings.sizes;
    }

    private void comeTo(Object value) {
        switch (value) {
            case Optional<?> optional -> optional.ifPresent(this::comeTo);
            case AtomicReference<?> reference ->
                    Optional.ofNullable(reference.get()).ifPresent(this::comeTo);
            case Object[] array -> {
                for (Object element : array) {
                    Optional.ofNullable(element).ifPresent(this::comeTo);
                }
            }
            default -> {
                if (isLookedInto(value.getClass().getName()) && seen.add(value)) {
                    toVisit.addLast(value);
                }
            }
        }
    }

    private boolean isLookedInto(String type) {
        return type.startsWith(OURS)
                && !type.startsWith(SIMULATOR)
                && (inTwin || !type.contains(TWIN));
    }

    private void visit(Object object) {
        for (Class<?> type = object.getClass();
                type != null && type.getName().startsWith(OURS);
                type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    look(type.getSimpleName() + "." + field.getName(), field, object);
                }
            }
        }
    }

    private void look(String name, Field field, Object object) {
        try {
            field.setAccessible(true);
            Object value = field.get(object);
            if (value != null) {
                look(name, value);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name + " can't be looked at", e);
        }
    }

    private void look(String name, Object value) throws ReflectiveOperationException {
        switch (value) {
            case Map<?, ?> map -> {
                count(name, map.size());
                lookInto(name, map.keySet());
                lookInto(name, map.values());
            }
            case Collection<?> collection -> {
                count(name, collection.size());
                lookInto(name, collection);
            }
            default -> {
                Optional<Method> size = size(value.getClass());
                if (size.isPresent()) {
                    count(name, (int) size.get().invoke(value));
                }
                comeTo(value);
            }
        }
    }

    private void lookInto(String name, Collection<?> elements) throws ReflectiveOperationException {
        for (Object element : elements) {
            if (element instanceof Map || element instanceof Collection) {
                look(name + INNER, element);
            } else if (element != null && !element.getClass().isRecord()) {
                // Of data only the number counts.
                comeTo(element);
            }
        }
    }

    private static Optional<Method> size(Class<?> type) {
        if (!type.getName().startsWith(OURS) || type.isRecord()) {
            return Optional.empty();
        }
        for (Method method : type.getDeclaredMethods()) {
            if (method.getName().equals("size")
                    && method.getParameterCount() == 0
                    && method.getReturnType() == int.class) {
                method.setAccessible(true);
                return Optional.of(method);
            }
        }
        return Optional.empty();
    }

    private void count(String name, int size) {
        sizes.merge(name, (long) size, Long::sum);
    }
}
